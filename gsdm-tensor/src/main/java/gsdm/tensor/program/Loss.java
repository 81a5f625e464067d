package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The error of each array's values in nodes that are not observed. Of array a, out[a] is
 * arrayWeights[a] · Σ_b Σ_x exampleWeights[b, d(x)] · error(b, x), d(x) 1 for values of discrete
 * nodes, else 0, and the sum of these over all arrays is what is differentiated; errors[b, a] is
 * Σ_x error(b, x).
 *
 * @param prediction [B, X]
 * @param target [B, X]
 * @param observed [B, N]: 1 where a node is observed, whose values have no error, else 0
 * @param kinds the kinds of nodes, in order
 * @param criteria the error of each kind
 * @param bounds [A + 1] int, as {@link Standardise} has them; a node belongs to the array of its
 *     first value
 * @param arrayWeights [A]
 * @param exampleWeights [B, 2] of continuous values and of discrete ones
 * @param out [A]
 * @param errors [B, A]
 */
public record Loss(
        Slot prediction,
        Slot target,
        Slot observed,
        List<NodeKind> kinds,
        List<Criterion> criteria,
        Slot bounds,
        Slot arrayWeights,
        Slot exampleWeights,
        Slot out,
        Slot errors)
        implements Op.Forward {
    public Loss {
        require(
                kinds.size() == criteria.size(),
                "a criterion for each kind of nodes expected; found %s for %s",
                criteria,
                kinds);
    }

    @Override
    public List<Slot> inputs() {
        return Operands.of(prediction, target, observed, bounds, arrayWeights, exampleWeights);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out, errors);
    }

    @Override
    public Loss withSlots(UnaryOperator<Slot> map) {
        return new Loss(
                prediction.mapped(map),
                target.mapped(map),
                observed.mapped(map),
                kinds,
                criteria,
                bounds.mapped(map),
                arrayWeights.mapped(map),
                exampleWeights.mapped(map),
                out.mapped(map),
                errors.mapped(map));
    }

    /** What is minimised. */
    public enum Criterion {
        /** (prediction − target)². */
        SQUARED_ERROR,
        /** −target · log(max(prediction, {@link #LEAST})), for probabilities. */
        CROSS_ENTROPY;

        /** Probabilities below this count as this, so that the logarithm stays finite. */
        public static final double LEAST = 1e-12;
    }

    /** The gradient of the summed {@link Loss} by its prediction; {@code dPrediction} is [B, X]. */
    public record Gradient(Loss loss, Slot dPrediction) implements Op.Adjoint {
        @Override
        public List<Slot> inputs() {
            return loss.inputs();
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
