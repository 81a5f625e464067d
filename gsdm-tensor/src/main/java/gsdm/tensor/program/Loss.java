package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The loss of each array of values; their sum is what is differentiated.
 *
 * @param prediction [B, X]
 * @param target [B, X]
 * @param weight [B, X]: 0 where a value is observed
 * @param bounds [A + 1] int: array a has values bounds[a] .. bounds[a + 1] − 1 of each example
 * @param out [A]
 */
public record Loss(
        Criterion criterion, Slot prediction, Slot target, Slot weight, Slot bounds, Slot out)
        implements Op.Forward {
    @Override
    public List<Slot> inputs() {
        return Operands.of(prediction, target, weight, bounds);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public Loss withSlots(UnaryOperator<Slot> map) {
        return new Loss(
                criterion,
                prediction.mapped(map),
                target.mapped(map),
                weight.mapped(map),
                bounds.mapped(map),
                out.mapped(map));
    }

    /** What is minimised. */
    public enum Criterion {
        /** weight · (prediction − target)². */
        SQUARED_ERROR,
        /** −weight · target · log(max(prediction, {@link #LEAST})), for probabilities. */
        CROSS_ENTROPY;

        /** Probabilities below this count as this, so that the logarithm stays finite. */
        public static final double LEAST = 1e-12;
    }

    /** The gradient of the summed {@link Loss} by its prediction; {@code dPrediction} is [B, X]. */
    public record Gradient(Loss loss, Slot dPrediction) implements Op.Adjoint {
        @Override
        public List<Slot> inputs() {
            return Operands.of(loss.prediction(), loss.target(), loss.weight());
        }

        @Override
        public List<Slot> outputs() {
            return Operands.of(dPrediction);
        }

        @Override
        public Gradient withSlots(UnaryOperator<Slot> map) {
            return new Gradient(loss.withSlots(map), dPrediction.mapped(map));
        }
    }
}
