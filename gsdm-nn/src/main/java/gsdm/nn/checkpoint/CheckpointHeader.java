package gsdm.nn.checkpoint;

import java.util.List;
import java.util.Map;

/**
 * What a checkpoint says of the run it belongs to.
 *
 * @param step steps done
 * @param seed of the run
 * @param horizon of the learning rate, fixed when the run started
 * @param scales of the arrays, in node order
 * @param config whatever the caller wants to find again, by key
 */
public record CheckpointHeader(
        long step, long seed, long horizon, List<Scale> scales, Map<String, String> config) {
    /**
     * The scale of an array, estimated when the run started.
     *
     * @param array its name
     * @param mean subtracted from its values
     * @param std what the difference is divided by
     */
    public record Scale(String array, double mean, double std) {}

    public CheckpointHeader {
        scales = List.copyOf(scales);
        config = Map.copyOf(config);
    }
}
