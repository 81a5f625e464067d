package gsdm.cli.scaling;

import tools.jackson.databind.JsonNode;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A training step at a size.
 *
 * @param mechanism of attention, as the setting names it
 * @param side rows of the matrix, and columns
 * @param nodes of the graph
 * @param edges of the graph, both ways, and one of each node to itself
 * @param bytes that training takes
 * @param seconds of a step; NaN if none was taken
 * @param unmeasured why none was taken; empty if one was
 */
public record ScalingPoint(
        String mechanism,
        int side,
        long nodes,
        long edges,
        long bytes,
        double seconds,
        String unmeasured) {

    /** One that was measured. */
    public static ScalingPoint measured(
            String mechanism, int side, long nodes, long edges, long bytes, double seconds) {
        return new ScalingPoint(mechanism, side, nodes, edges, bytes, seconds, "");
    }

    /** One that was not. */
    public static ScalingPoint unmeasured(
            String mechanism, int side, long nodes, long edges, long bytes, String why) {
        return new ScalingPoint(mechanism, side, nodes, edges, bytes, Double.NaN, why);
    }

    /** Whether a step was taken. */
    public boolean isMeasured() {
        return unmeasured.isEmpty();
    }

    /** As JSON has it. */
    Map<String, Object> data() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("mechanism", mechanism);
        data.put("side", side);
        data.put("nodes", nodes);
        data.put("edges", edges);
        data.put("bytes", bytes);
        data.put("seconds", seconds);
        data.put("unmeasured", unmeasured);
        return data;
    }

    static ScalingPoint of(JsonNode tree) {
        return new ScalingPoint(
                tree.path("mechanism").asString(),
                tree.path("side").asInt(),
                tree.path("nodes").asLong(),
                tree.path("edges").asLong(),
                tree.path("bytes").asLong(),
                tree.path("seconds").asDouble(Double.NaN),
                tree.path("unmeasured").asString());
    }
}
