package gsdm.tensor.sparse;

/**
 * How far apart two connected nodes of a symmetric pattern can be: attention needs at least this
 * many layers to carry a value between any two nodes.
 *
 * <p>Source: Crescenzi, Grossi, Habib, Lanzi and Marino, "On computing the diameter of real-world
 * undirected graphs", 2013: a double sweep gives a lower bound and a central node; nodes are then
 * tried from the farthest inwards, since two nodes within distance l of the centre are at most 2 l
 * apart.
 *
 * @param lower a distance that occurs
 * @param upper no two connected nodes are farther apart
 * @param components the number of connected components; the diameter is the largest among them
 */
public record GraphDiameter(int lower, int upper, int components) {
    /** Edges that may be followed to close the gap between the bounds. */
    private static final long WORK = 1L << 26;

    /** Validates the bounds. */
    public GraphDiameter {
        if (lower < 0 || upper < lower || components < 0) {
            throw new IllegalArgumentException(
                    "a diameter needs 0 <= lower <= upper and components >= 0, found %d, %d and %d"
                            .formatted(lower, upper, components));
        }
    }

    /**
     * Bounds the diameter in time O(nodes + edges). Exact if nodes times edges is at most 2²⁶, and
     * often for far larger graphs.
     *
     * @throws IllegalArgumentException if the pattern is not symmetric
     */
    public static GraphDiameter of(SparsePattern pattern) {
        if (!pattern.isSymmetric()) {
            throw new IllegalArgumentException(
                    "a diameter needs a symmetric pattern, found " + pattern);
        }
        return new Search(pattern).run();
    }

    /** Whether the diameter is known. */
    public boolean isExact() {
        return lower == upper;
    }

    /** The state of one computation, over all components. */
    private static final class Search {
        private final BreadthFirst search;
        private final boolean[] seen;
        private long work = WORK;
        private int lower;
        private int upper;
        private int components;

        Search(SparsePattern pattern) {
            this.search = new BreadthFirst(pattern);
            this.seen = new boolean[pattern.rows()];
        }

        GraphDiameter run() {
            for (int node = 0; node < seen.length; node++) {
                if (!seen[node]) {
                    components++;
                    component(node);
                }
            }
            return new GraphDiameter(lower, Math.max(lower, upper), components);
        }

        private void component(int node) {
            search.search(node);
            for (int i = 0; i < search.visitedCount(); i++) {
                seen[search.visited(i)] = true;
            }
            lower = Math.max(lower, search.search(search.farthest()));
            int radius = search.search(search.middle());
            lower = Math.max(lower, radius);
            if (2 * radius > lower) {
                closeGap(search.visited());
            }
        }

        /** Tries nodes from the farthest inwards, until the rest cannot matter or work runs out. */
        private void closeGap(int[] nodes) {
            int[] level = new int[nodes.length];
            for (int i = 0; i < nodes.length; i++) {
                level[i] = search.distance(nodes[i]);
            }
            int i = nodes.length - 1;
            while (i > 0 && 2 * level[i] > lower && work > 0) {
                lower = Math.max(lower, search.search(nodes[i]));
                work -= search.work();
                i--;
            }
            upper = Math.max(upper, 2 * level[i]);
        }
    }
}
