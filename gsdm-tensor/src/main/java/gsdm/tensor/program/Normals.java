package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Standard normal numbers, each a pure function of a key and a place in the whole model: for option
 * o of node n in array a of example b, {@code RandomStream.normal(RandomStream.fork(key[b], a),
 * index[n] · options + o)} of {@code gsdm.tensor.random}. CPU backends give these very bits.
 *
 * @param keys [B, 2] int: the low word of each example's key and the high one
 * @param index [N] int: the place of each node in its array of the whole model
 * @param kinds the kinds of nodes, in order
 * @param bounds [A + 1] int, as {@link Standardise} has them; a node belongs to the array of its
 *     first value
 * @param out [B, X]
 */
public record Normals(Slot keys, Slot index, List<NodeKind> kinds, Slot bounds, Slot out)
        implements Op.Source {
    @Override
    public List<Slot> inputs() {
        return Operands.of(keys, index, bounds);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public Normals withSlots(UnaryOperator<Slot> map) {
        return new Normals(
                keys.mapped(map), index.mapped(map), kinds, bounds.mapped(map), out.mapped(map));
    }
}
