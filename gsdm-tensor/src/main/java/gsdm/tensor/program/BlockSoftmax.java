package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Softmax over the options of each discrete node; continuous values pass.
 *
 * @param x [B, X]
 * @param kinds the kinds of nodes, in order
 * @param out [B, X]
 */
public record BlockSoftmax(Slot x, List<NodeKind> kinds, Slot out) implements Op.Forward {
    @Override
    public List<Slot> inputs() {
        return Operands.of(x);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public BlockSoftmax withSlots(UnaryOperator<Slot> map) {
        return new BlockSoftmax(x.mapped(map), kinds, out.mapped(map));
    }

    /** The gradient of {@link BlockSoftmax}; {@code dX} and {@code dOut} are [B, X]. */
    public record Gradient(BlockSoftmax softmax, Slot dOut, Slot dX) implements Op.Adjoint {
        @Override
        public List<Slot> inputs() {
            return Operands.of(softmax.out(), dOut);
        }

        @Override
        public List<Slot> outputs() {
            return Operands.of(dX);
        }

        @Override
        public Slot inPlace() {
            return dOut;
        }

        @Override
        public Gradient withSlots(UnaryOperator<Slot> map) {
            return new Gradient(softmax.withSlots(map), dOut.mapped(map), dX.mapped(map));
        }
    }
}
