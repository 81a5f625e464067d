package gsdm.nn.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a checkpoint says of the run it belongs to.
 *
 * @param step steps done
 * @param seed of the run
 * @param falls of the learning rate that are decided
 * @param scales of the arrays, in node order
 * @param config whatever the caller wants to find again, by key
 */
public record CheckpointHeader(
        long step, long seed, Falls falls, List<ArrayScale> scales, Map<String, String> config) {
    /**
     * The scale of an array, estimated when the run started.
     *
     * @param array its name
     * @param mean subtracted from its values; finite
     * @param std what the difference is divided by; positive, and finite as its inverse is
     */
    public record ArrayScale(String array, double mean, double std) {
        public ArrayScale {
            if (!Float.isFinite((float) mean) || !(std > 0) || !isFinite(std)) {
                throw new IllegalArgumentException(
                        "the scale of array %s must have a finite mean and a positive std, found %s and %s"
                                .formatted(array, mean, std));
            }
        }

        private static boolean isFinite(double std) {
            return Float.isFinite((float) std) && Float.isFinite((float) (1 / std));
        }
    }

    public CheckpointHeader {
        scales = List.copyOf(scales);
        config = Map.copyOf(config);
        Objects.requireNonNull(falls, "falls");
        if (step < 0) {
            throw new IllegalArgumentException("step must be 0 or more, found " + step);
        }
    }
}
