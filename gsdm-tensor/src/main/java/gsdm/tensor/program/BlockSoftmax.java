package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Softmax over the options of each discrete node; continuous values pass. With noised values the
 * options are weighed by their likelihood: of z = signal·(one-hot) + level·ε, what is exponentiated
 * is x + z·signal/level² (level² at least 1e-12), so that x stands for what all else says of the
 * node.
 *
 * @param x [B, X]
 * @param noised [B, X] z, or NONE
 * @param levels [B, 2]: the level of noise, and the signal; NONE without noised values
 * @param kinds the kinds of nodes, in order
 * @param out [B, X]
 */
public record BlockSoftmax(Slot x, Slot noised, Slot levels, List<NodeKind> kinds, Slot out)
        implements Op.Forward {
    public BlockSoftmax {
        require(
                noised.present() == levels.present(),
                "noised values have levels of noise; found %s and %s",
                noised,
                levels);
    }

    @Override
    public List<Slot> inputs() {
        return Operands.of(x, noised, levels);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public BlockSoftmax withSlots(UnaryOperator<Slot> map) {
        return new BlockSoftmax(
                x.mapped(map), noised.mapped(map), levels.mapped(map), kinds, out.mapped(map));
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
