package gsdm.graph.subgraph;

/**
 * The most nodes of a subgraph.
 *
 * @param size below 1 a share of the model's nodes; else their number, which is whole
 */
public record Budget(double size) {
    public Budget {
        boolean share = size > 0 && size < 1;
        boolean count = size >= 1 && size <= Integer.MAX_VALUE && size == Math.rint(size);
        if (!share && !count) {
            throw new IllegalArgumentException(
                    "a budget is a share between 0 and 1 or a whole number of nodes; found "
                            + size);
        }
    }

    /** The number of nodes, at least 1. */
    public int nodes(int ofModel) {
        return size < 1 ? Math.max(1, (int) (size * ofModel)) : (int) size;
    }
}
