package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Normalisation of x [B, N, C]: n = (x − mean) / √(variance + epsilon), then gamma·n + beta by
 * channel, then SiLU if asked for. Norms differ in what mean and variance are taken over.
 */
public sealed interface Norm extends Op.Forward permits GroupNorm, LayerNorm {
    /** [B, N, C]. */
    Slot x();

    /** [C]. */
    Slot gamma();

    /** [C]. */
    Slot beta();

    /** Added to the variance. */
    float epsilon();

    /** Whether out = y·sigmoid(y) of the normalised y. */
    boolean silu();

    /**
     * What the gradient reads beside x: mean and 1/√(variance + epsilon); NONE if it needs none.
     */
    Slot statistics();

    /** [B, N, C]. */
    Slot out();

    @Override
    default List<Slot> inputs() {
        return Operands.of(x(), gamma(), beta());
    }

    @Override
    default List<Slot> outputs() {
        return Operands.of(out(), statistics());
    }

    @Override
    Norm withSlots(UnaryOperator<Slot> map);

    /**
     * The gradient of a {@link Norm}.
     *
     * @param norm the op differentiated
     * @param dOut [B, N, C]
     * @param add [B, N, C] added to dX, or NONE
     * @param dX [B, N, C]
     * @param dGamma [C]
     * @param dBeta [C]
     */
    record Gradient(Norm norm, Slot dOut, Slot add, Slot dX, Slot dGamma, Slot dBeta)
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
