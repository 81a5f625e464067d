package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

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
        implements Norm {
    public GroupNorm {
        require(x.shape().rank() == 3, "group norm takes [B, N, C]; found %s", x);
        require(
                x.shape().last().size() % groups == 0,
                "%s groups do not divide the channels of %s",
                groups,
                x);
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
}
