package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.function.UnaryOperator;

/**
 * Layer normalisation (Ba, Kiros, Hinton 2016): each node of each example over its channels, so
 * that no node depends on another. The gradient takes mean and variance anew.
 *
 * @param x [B, N, C]
 * @param gamma [C]
 * @param beta [C]
 * @param epsilon added to the variance
 * @param silu whether out = y·sigmoid(y) of the normalised y
 * @param out [B, N, C]
 */
public record LayerNorm(Slot x, Slot gamma, Slot beta, float epsilon, boolean silu, Slot out)
        implements Norm {
    public LayerNorm {
        require(x.shape().rank() == 3, "layer norm takes [B, N, C]; found %s", x);
    }

    @Override
    public Slot statistics() {
        return Slot.NONE;
    }

    @Override
    public LayerNorm withSlots(UnaryOperator<Slot> map) {
        return new LayerNorm(
                x.mapped(map), gamma.mapped(map), beta.mapped(map), epsilon, silu, out.mapped(map));
    }
}
