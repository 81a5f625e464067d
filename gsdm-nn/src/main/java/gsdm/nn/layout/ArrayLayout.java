package gsdm.nn.layout;

import java.util.Objects;

/**
 * Where one array of the model lies among the nodes and the values, and its scale.
 *
 * @param name what the array is called
 * @param options values of a node: 1 for a continuous one, the number of classes for a discrete one
 * @param nodeOffset the first of its nodes
 * @param nodes how many nodes it has
 * @param valueOffset the first of its values
 * @param mean subtracted from a value before the network sees it; 0 for a discrete array
 * @param std what the difference is divided by; 1 for a discrete array
 */
public record ArrayLayout(
        String name,
        int options,
        int nodeOffset,
        int nodes,
        int valueOffset,
        double mean,
        double std) {
    public ArrayLayout {
        Objects.requireNonNull(name);
        if (options < 1 || nodeOffset < 0 || nodes < 0 || valueOffset < 0) {
            throw new IllegalArgumentException(
                    ("array %s: options must be 1 or more, offsets and nodes 0 or more; found"
                                    + " options %d, node offset %d, nodes %d, value offset %d")
                            .formatted(name, options, nodeOffset, nodes, valueOffset));
        }
        if (!Double.isFinite(mean) || !Double.isFinite(std) || std <= 0) {
            throw new IllegalArgumentException(
                    "array %s: the mean must be finite and the scale positive; found %s and %s"
                            .formatted(name, mean, std));
        }
        if (options > 1 && (mean != 0 || std != 1)) {
            throw new IllegalArgumentException(
                    "array %s is discrete and has no scale; found mean %s, std %s"
                            .formatted(name, mean, std));
        }
    }

    /** How many values the array has in one example. */
    public int values() {
        return nodes * options;
    }
}
