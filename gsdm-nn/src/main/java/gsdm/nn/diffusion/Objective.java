package gsdm.nn.diffusion;

import gsdm.nn.layout.ArraySignature;
import gsdm.nn.layout.LayoutSignature;
import gsdm.nn.network.Network;
import gsdm.nn.network.NetworkInputs;
import gsdm.tensor.program.Loss;
import gsdm.tensor.program.Loss.Criterion;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is minimised: the errors of unobserved values, weighted and summed to one number.
 *
 * @param discrete the error of discrete values; of continuous ones it is the square of the
 *     difference. Cross-entropy is for networks that predict probabilities
 * @param arrayWeights what the errors of an array count, by its name; 1 where there is no entry
 * @param reduction how the errors of a batch become one loss
 */
public record Objective(Criterion discrete, Map<String, Double> arrayWeights, Reduction reduction) {
    public Objective {
        Objects.requireNonNull(discrete, "discrete");
        Objects.requireNonNull(reduction, "reduction");
        arrayWeights = Map.copyOf(arrayWeights);
        arrayWeights.forEach((array, weight) -> {
            if (!(weight >= 0 && Float.isFinite(weight.floatValue()))) {
                throw new IllegalArgumentException(
                        "array %s: a weight is finite and 0 or more; found %s"
                                .formatted(array, weight));
            }
        });
    }

    /** Squared errors of all arrays alike. */
    public static Objective squaredError(Reduction reduction) {
        return new Objective(Criterion.SQUARED_ERROR, Map.of(), reduction);
    }

    /**
     * Fails unless this can be minimised with a network.
     *
     * @throws IllegalArgumentException if it is a cross-entropy, and the network does not predict
     *     the probabilities of its discrete arrays
     */
    public void requireSuits(Network network) {
        if (discrete != Criterion.CROSS_ENTROPY || network.predictsProbabilities()) {
            return;
        }
        for (ArraySignature array : network.signature().arrays()) {
            if (array.options() > 1) {
                throw new IllegalArgumentException(
                        ("a cross-entropy is of probabilities, and the network predicts none of"
                             + " array %s: minimise the squared error, or take a denoiser that ends"
                             + " in probabilities")
                                .formatted(array.name()));
            }
        }
    }

    /**
     * Appends the loss.
     *
     * @param prediction [B, X]
     * @param target [B, X]
     * @param inputs of the network that predicts: what is observed, of which layout
     */
    public void emit(
            ProgramBuilder program,
            Slot prediction,
            Slot target,
            NetworkInputs inputs,
            LossSlots slots) {
        List<Criterion> criteria =
                inputs.layout().kinds().stream()
                        .map(kind -> kind.options() == 1 ? Criterion.SQUARED_ERROR : discrete)
                        .toList();
        program.loss(
                new Loss(
                        prediction,
                        target,
                        inputs.observed(),
                        inputs.layout().kinds(),
                        criteria,
                        inputs.layout().bounds(),
                        slots.arrayWeights(),
                        slots.exampleWeights(),
                        slots.losses(),
                        slots.errors()));
    }

    /**
     * What the errors of each array count, [A].
     *
     * @throws IllegalArgumentException if a weight is of an array that there is not
     */
    public double[] weights(LayoutSignature signature) {
        List<String> names = signature.arrays().stream().map(ArraySignature::name).toList();
        for (String array : arrayWeights.keySet()) {
            if (!names.contains(array)) {
                throw new IllegalArgumentException(
                        "a weight is given for array %s; known: %s".formatted(array, names));
            }
        }
        return names.stream().mapToDouble(name -> arrayWeights.getOrDefault(name, 1.0)).toArray();
    }

    /**
     * What every error of a batch is multiplied by, beside the weight of its array; 0 where nothing
     * is to be inferred.
     *
     * @param weights [A] of the arrays
     * @param counts [A] how many unobserved values each array has in all of the batch
     * @param examples how many examples all of the batch has
     */
    public double share(double[] weights, long[] counts, int examples) {
        return switch (reduction) {
            case MEAN -> {
                double total = 0;
                for (int a = 0; a < counts.length; a++) {
                    total += weights[a] * counts[a];
                }
                yield total == 0 ? 0 : 1 / total;
            }
            case SUM -> 1.0 / examples;
        };
    }
}
