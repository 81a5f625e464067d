package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The values of continuous nodes, limited to [−limit, limit]; what is not a number stays, and so do
 * the values of discrete nodes.
 *
 * @param x [B, X]
 * @param limit more than 0
 * @param kinds the kinds of nodes, in order
 * @param out [B, X]
 */
public record Clamp(Slot x, float limit, List<NodeKind> kinds, Slot out) implements Op.Source {
    public Clamp {
        require(limit > 0, "values are limited to more than 0; found %s", limit);
    }

    @Override
    public List<Slot> inputs() {
        return Operands.of(x);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public Clamp withSlots(UnaryOperator<Slot> map) {
        return new Clamp(x.mapped(map), limit, kinds, out.mapped(map));
    }

    @Override
    public Slot inPlace() {
        return x;
    }
}
