package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The output of a network: the values of node n are weight·x[b, n] + bias, with the projection of
 * the node's kind.
 *
 * @param x [B, N, C]
 * @param out [B, X]
 */
public record ProjectValues(Slot x, List<Projection> projections, Slot out) implements Op.Forward {
    @Override
    public List<Slot> inputs() {
        List<Slot> slots = new ArrayList<>(Operands.of(x));
        slots.addAll(Projection.parameters(projections));
        return slots;
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public ProjectValues withSlots(UnaryOperator<Slot> map) {
        return new ProjectValues(
                x.mapped(map), Projection.mapped(projections, map), out.mapped(map));
    }

    /**
     * The gradient of {@link ProjectValues}.
     *
     * @param project the op differentiated
     * @param dOut [B, X]
     * @param dProjections where the gradients go, shaped as {@code project.projections()}
     * @param dX [B, N, C]
     */
    public record Gradient(ProjectValues project, Slot dOut, List<Projection> dProjections, Slot dX)
            implements Op.Adjoint {
        @Override
        public List<Slot> inputs() {
            List<Slot> slots = new ArrayList<>(project.inputs());
            slots.add(dOut);
            return slots;
        }

        @Override
        public List<Slot> outputs() {
            List<Slot> slots = new ArrayList<>(Operands.of(dX));
            slots.addAll(Projection.parameters(dProjections));
            return slots;
        }

        @Override
        public Gradient withSlots(UnaryOperator<Slot> map) {
            return new Gradient(
                    project.withSlots(map),
                    dOut.mapped(map),
                    Projection.mapped(dProjections, map),
                    dX.mapped(map));
        }
    }
}
