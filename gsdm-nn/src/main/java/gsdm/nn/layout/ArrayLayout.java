package gsdm.nn.layout;

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
        new ArraySignature(name, options, mean, std);
        if (nodeOffset < 0 || nodes < 0 || valueOffset < 0) {
            throw new IllegalArgumentException(
                    ("array %s: offsets and nodes must be 0 or more; found node offset %d, nodes"
                                    + " %d, value offset %d")
                            .formatted(name, nodeOffset, nodes, valueOffset));
        }
        long end = valueOffset + (long) nodes * options;
        if (end > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "array %s: an example has at most %d values, found %d up to its end: lower the number of nodes or of options"
                            .formatted(name, Integer.MAX_VALUE, end));
        }
    }

    /** What is the same of the array in every layout of the model. */
    public ArraySignature signature() {
        return new ArraySignature(name, options, mean, std);
    }

    /** Some of its nodes, in another layout. */
    ArrayLayout part(int firstNode, int count, int firstValue) {
        return new ArrayLayout(name, options, firstNode, count, firstValue, mean, std);
    }

    /** How many values the array has in one example. */
    public int values() {
        return nodes * options;
    }
}
