package gsdm.nn.layout;

/**
 * The largest layout that memory is taken for.
 *
 * @param nodes N
 * @param values X, values of one example
 * @param edges E, entries of the mask
 * @param degree M, the most nodes that one node attends to
 * @param instructions T, of the definitions of nodes
 * @param reads R, how many of them read a node
 */
public record LayoutBudget(
        int nodes, int values, int edges, int degree, int instructions, int reads) {
    public LayoutBudget {
        if (nodes < 1 || values < nodes || edges < 0 || degree < 0 || reads < 0) {
            throw new IllegalArgumentException(
                    ("a budget has a node or more, at least as many values, and 0 or more edges,"
                                    + " neighbours and reads; found %d, %d, %d, %d and %d")
                            .formatted(nodes, values, edges, degree, reads));
        }
        if (instructions < reads) {
            throw new IllegalArgumentException(
                    "reads are instructions; found %d of %d".formatted(reads, instructions));
        }
    }

    /** Room for whatever fits into this or the other. */
    public LayoutBudget or(LayoutBudget other) {
        return new LayoutBudget(
                Math.max(nodes, other.nodes),
                Math.max(values, other.values),
                Math.max(edges, other.edges),
                Math.max(degree, other.degree),
                Math.max(instructions, other.instructions),
                Math.max(reads, other.reads));
    }

    /** Whether what fits into the other fits into this. */
    public boolean holds(LayoutBudget other) {
        return equals(or(other));
    }

    /** Room for just that layout. */
    public static LayoutBudget of(VariableLayout layout) {
        return new LayoutBudget(
                layout.nodes(),
                layout.values(),
                layout.mask().edges(),
                layout.mask().maxDegree(),
                layout.definitions().instructions(),
                layout.definitions().reads().length);
    }
}
