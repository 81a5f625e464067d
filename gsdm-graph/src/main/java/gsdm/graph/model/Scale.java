package gsdm.graph.model;

import gsdm.tensor.random.RandomStream;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The mean and the standard deviation of an array's values, over its nodes and the prior.
 *
 * @param std positive
 */
public record Scale(float mean, float std) {
    /** Leaves values as they are. */
    public static final Scale IDENTITY = new Scale(0, 1);

    private static final int LEAST_DRAWS = 4;
    private static final int MOST_DRAWS = 1024;
    private static final int ENOUGH_VALUES = 2_000_000;

    public Scale {
        if (!(Float.isFinite(mean) && Float.isFinite(std) && std > 0)) {
            throw new IllegalArgumentException(
                    "expected a finite mean and a positive standard deviation, found %s and %s"
                            .formatted(mean, std));
        }
    }

    /** Every array as it is. */
    public static SequencedMap<String, Scale> identities(GraphicalModel model) {
        SequencedMap<String, Scale> scales = new LinkedHashMap<>();
        model.layout().arrays().forEach(array -> scales.put(array.name(), IDENTITY));
        return scales;
    }

    /**
     * Estimates the scale of every array from draws of the prior, in node order. Discrete arrays,
     * and arrays that never vary, have standard deviation 1; discrete ones mean 0.
     *
     * @param key of the draws
     * @throws ModelException if the prior gives an infinite value or NaN
     */
    public static SequencedMap<String, Scale> estimate(GraphicalModel model, long key) {
        int draws = Math.clamp(ENOUGH_VALUES / model.nodeCount(), LEAST_DRAWS, MOST_DRAWS);
        ModelLayout layout = model.layout();
        Moments[] moments = new Moments[layout.arrays().size()];
        Arrays.setAll(moments, array -> new Moments());
        AncestralSampler sampler = model.sampler();
        float[] values = new float[model.nodeCount()];
        for (int draw = 0; draw < draws; draw++) {
            sampler.draw(RandomStream.fork(key, draw), values);
            for (int array = 0; array < moments.length; array++) {
                ArrayNodes at = layout.arrays().get(array);
                moments[array].add(values, at.offset(), at.count());
            }
        }
        SequencedMap<String, Scale> scales = new LinkedHashMap<>();
        for (int array = 0; array < moments.length; array++) {
            ArrayNodes at = layout.arrays().get(array);
            scales.put(at.name(), moments[array].scale(at));
        }
        return scales;
    }

    /** Count, mean and sum of squared deviations, merged block by block (Chan et al., 1979). */
    private static final class Moments {
        private double count;
        private double mean;
        private double squares;

        void add(float[] values, int offset, int length) {
            double sum = 0;
            for (int i = offset; i < offset + length; i++) {
                sum += values[i];
            }
            double center = sum / length;
            double deviations = 0;
            for (int i = offset; i < offset + length; i++) {
                deviations += (values[i] - center) * (values[i] - center);
            }
            double shift = center - mean;
            double total = count + length;
            mean += shift * length / total;
            squares += deviations + shift * shift * count * length / total;
            count = total;
        }

        Scale scale(ArrayNodes at) {
            if (!Double.isFinite(mean) || !Double.isFinite(squares)) {
                throw new ModelException(
                        "the prior gives infinite values or NaN in array '%s'"
                                .formatted(at.name()));
            }
            if (at.kind() instanceof ValueKind.Discrete) {
                return IDENTITY;
            }
            float std = (float) Math.sqrt(squares / count);
            return new Scale((float) mean, std > Float.MIN_NORMAL ? std : 1);
        }
    }
}
