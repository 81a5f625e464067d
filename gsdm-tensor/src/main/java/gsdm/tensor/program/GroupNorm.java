package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Group normalisation (Wu, He 2018) of each example over all its nodes and the channels of a group,
 * then gamma and beta by channel, then SiLU if asked for.
 *
 * @param x [B, N, C]
 * @param gamma [C]
 * @param beta [C]
 * @param groups divides C
 * @param epsilon added to the variance
 * @param silu whether out = y·sigmoid(y) of the normalised y
 * @param statistics [B, groups, 2]: mean and 1/sqrt(variance + epsilon)
 * @param out [B, N, C]
 */
public record GroupNorm(
        Slot x,
        Slot gamma,
        Slot beta,
        int groups,
        float epsilon,
        boolean silu,
        Slot statistics,
        Slot out)
        implements Op.Forward {
    public GroupNorm {
        require(x.shape().rank() == 3, "group norm takes [B, N, C]; found %s", x);
        require(
                x.shape().last().size() % groups == 0,
                "%s groups do not divide the channels of %s",
                groups,
                x);
    }

    @Override
    public List<Slot> inputs() {
        return Operands.of(x, gamma, beta);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out, statistics);
    }

    @Override
    public GroupNorm withSlots(UnaryOperator<Slot> map) {
        return new GroupNorm(
                x.mapped(map),
                gamma.mapped(map),
                beta.mapped(map),
                groups,
                epsilon,
                silu,
                statistics.mapped(map),
                out.mapped(map));
    }

    /**
     * The gradient of {@link GroupNorm}.
     *
     * @param norm the op differentiated
     * @param dOut [B, N, C]
     * @param add [B, N, C] added to dX, or NONE
     * @param dX [B, N, C]
     * @param dGamma [C]
     * @param dBeta [C]
     */
    public record Gradient(GroupNorm norm, Slot dOut, Slot add, Slot dX, Slot dGamma, Slot dBeta)
            implements Op.Adjoint {
        @Override
        public List<Slot> inputs() {
            return Operands.of(norm.x(), norm.gamma(), norm.beta(), norm.statistics(), dOut, add);
        }

        @Override
        public List<Slot> outputs() {
            return Operands.of(dX, dGamma, dBeta);
        }

        @Override
        public Slot inPlace() {
            return add;
        }

        @Override
        public Gradient withSlots(UnaryOperator<Slot> map) {
            return new Gradient(
                    norm.withSlots(map),
                    dOut.mapped(map),
                    add.mapped(map),
                    dX.mapped(map),
                    dGamma.mapped(map),
                    dBeta.mapped(map));
        }
    }
}
