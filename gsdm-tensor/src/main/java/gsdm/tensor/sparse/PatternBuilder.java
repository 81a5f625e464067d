package gsdm.tensor.sparse;

import java.util.Arrays;

/**
 * Builds compressed rows from edges in any order: one pass counts each row, a second puts every
 * column in its row, then rows are sorted and duplicates merged. Needs one integer for each edge
 * and two for each row.
 */
final class PatternBuilder {
    /** A few words below the largest array that a Java heap takes. */
    private static final int MAX_EDGES = Integer.MAX_VALUE - 8;

    private final int rows;
    private final int columns;
    private final int[] pointers; // [rows + 1]
    private long total;
    private int[] ends = {}; // [rows] where the next column of a row goes
    private int[] indices = {};

    PatternBuilder(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
        this.pointers = new int[rows + 1];
    }

    /** Where each row starts in {@link #columnIndices}, and the end; valid after a build. */
    int[] rowPointers() {
        return pointers;
    }

    /** The columns of all rows; longer than the last pointer says if duplicates were merged. */
    int[] columnIndices() {
        return indices;
    }

    void build(EdgeSource edges) {
        edges.forEach(this::count);
        requireFits(rows, total, Runtime.getRuntime().maxMemory());
        for (int row = 0; row < rows; row++) {
            pointers[row + 1] += pointers[row];
        }
        ends = Arrays.copyOf(pointers, rows);
        indices = new int[(int) total];
        edges.forEach(this::place);
        for (int row = 0; row < rows; row++) {
            if (ends[row] != pointers[row + 1]) {
                throw changed(row);
            }
        }
        sortAndMerge();
    }

    /** Refuses what cannot be built, before the large arrays are asked for. */
    static void requireFits(int rows, long edges, long heapBytes) {
        if (edges > MAX_EDGES) {
            throw new IllegalArgumentException(
                    "a pattern holds at most %d edges, duplicates included, found %d: use a subgraph"
                            .formatted(MAX_EDGES, edges));
        }
        long bytes = Integer.BYTES * (edges + 2L * rows);
        if (bytes > heapBytes) {
            throw new IllegalArgumentException(
                    ("a pattern of %d rows and %d edges needs %d MiB of Java heap while it is"
                         + " built, %d MiB are there: use a subgraph or a larger heap (-Xmx)")
                            .formatted(rows, edges, bytes >> 20, heapBytes >> 20));
        }
    }

    private void count(int row, int column) {
        if (!contains(row, column)) {
            throw new IllegalArgumentException(
                    "an edge must lie in [0, %d) x [0, %d), found (%d, %d)"
                            .formatted(rows, columns, row, column));
        }
        pointers[row + 1]++;
        total++;
    }

    private void place(int row, int column) {
        if (!contains(row, column) || ends[row] == pointers[row + 1]) {
            throw changed(row);
        }
        indices[ends[row]++] = column;
    }

    private boolean contains(int row, int column) {
        return row >= 0 && row < rows && column >= 0 && column < columns;
    }

    private static IllegalStateException changed(int row) {
        return new IllegalStateException(
                "an edge source must give the same edges every time, found a difference in row "
                        + row);
    }

    private void sortAndMerge() {
        int kept = 0;
        int start = 0;
        for (int row = 0; row < rows; row++) {
            int end = ends[row];
            if (!isSorted(start, end)) {
                Arrays.sort(indices, start, end);
            }
            int previous = -1;
            for (int edge = start; edge < end; edge++) {
                int column = indices[edge];
                if (column != previous) {
                    indices[kept++] = column;
                }
                previous = column;
            }
            start = end;
            pointers[row + 1] = kept;
        }
    }

    private boolean isSorted(int start, int end) {
        for (int edge = start + 1; edge < end; edge++) {
            if (indices[edge - 1] > indices[edge]) {
                return false;
            }
        }
        return true;
    }
}
