package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * out[n] = table[index[n]] + add[n].
 *
 * @param table [K, C]
 * @param add [N, C] or NONE
 * @param out [N, C]
 */
public record Gather(Slot table, Segments segments, Slot add, Slot out) implements Op.Forward {
    @Override
    public List<Slot> inputs() {
        return Operands.of(table, segments.index(), add);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public Gather withSlots(UnaryOperator<Slot> map) {
        return new Gather(
                table.mapped(map), segments.withSlots(map), add.mapped(map), out.mapped(map));
    }

    /**
     * dTable[k] = the sum of dOut[n] over the nodes n of row k: the gradient of {@link Gather}.
     *
     * @param dOut [N, C]
     * @param dTable [K, C]
     */
    public record Gradient(Slot dOut, Segments segments, Slot dTable) implements Op.Adjoint {
        @Override
        public List<Slot> inputs() {
            return Operands.of(dOut, segments.index(), segments.pointers(), segments.members());
        }

        @Override
        public List<Slot> outputs() {
            return Operands.of(dTable);
        }

        @Override
        public Gradient withSlots(UnaryOperator<Slot> map) {
            return new Gradient(dOut.mapped(map), segments.withSlots(map), dTable.mapped(map));
        }
    }
}
