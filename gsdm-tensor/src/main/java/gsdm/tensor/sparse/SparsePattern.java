package gsdm.tensor.sparse;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Which entries of a matrix exist, in compressed sparse rows (CSR) of off-heap 32-bit integers.
 *
 * <p>As an attention mask, row i lists the nodes that node i attends to. The columns of a row are
 * strictly increasing, so there are no duplicates. Immutable, and safe to share between threads as
 * far as the arena that holds it is.
 */
public final class SparsePattern implements EdgeSource {
    /** Cache lines and vector loads want whole blocks of this many bytes. */
    private static final long ALIGNMENT = 64;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final int rows;
    private final int columns;
    private final int edges;
    private final int maxDegree;
    private final MemorySegment rowPointers; // [rows + 1]
    private final MemorySegment columnIndices; // [edges]

    /** Takes segments that are valid already. */
    private SparsePattern(
            int rows, int columns, MemorySegment rowPointers, MemorySegment columnIndices) {
        this.rows = rows;
        this.columns = columns;
        this.rowPointers = rowPointers.asReadOnly();
        this.columnIndices = columnIndices.asReadOnly();
        this.edges = rowPointers.getAtIndex(INT, rows);
        int longest = 0;
        for (int row = 0; row < rows; row++) {
            longest =
                    Math.max(
                            longest,
                            rowPointers.getAtIndex(INT, row + 1L)
                                    - rowPointers.getAtIndex(INT, row));
        }
        this.maxDegree = longest;
    }

    /**
     * Copies a pattern from arrays.
     *
     * @param rows the number of rows
     * @param columns the number of columns
     * @param rowPointers {@code [rows + 1]} where each row starts in {@code columnIndices}, and the
     *     end
     * @param columnIndices {@code [edges]} columns, strictly increasing within each row
     * @param arena holds the result
     * @throws IllegalArgumentException if the arrays are not a valid pattern
     */
    public static SparsePattern of(
            int rows, int columns, int[] rowPointers, int[] columnIndices, Arena arena) {
        checkSize("rows", rows);
        checkSize("columns", columns);
        check(
                rowPointers.length == rows + 1L,
                () ->
                        "rowPointers must have rows + 1 = %d entries, found %d"
                                .formatted(rows + 1L, rowPointers.length));
        check(
                rowPointers[0] == 0,
                () -> "rowPointers must start at 0, found %d".formatted(rowPointers[0]));
        check(
                rowPointers[rows] == columnIndices.length,
                () ->
                        "rowPointers must end at the number of columnIndices, %d, found %d"
                                .formatted(columnIndices.length, rowPointers[rows]));
        for (int row = 0; row < rows; row++) {
            int start = rowPointers[row];
            int end = rowPointers[row + 1];
            if (start > end || end > columnIndices.length) {
                throw new IllegalArgumentException(
                        "rowPointers must not decrease, found %d then %d at row %d"
                                .formatted(start, end, row));
            }
            checkRow(row, columns, columnIndices, start, end);
        }
        return copyOf(columns, rowPointers, columnIndices, arena);
    }

    private static void checkRow(int row, int columns, int[] columnIndices, int start, int end) {
        int previous = -1;
        for (int edge = start; edge < end; edge++) {
            int column = columnIndices[edge];
            if (column <= previous || column >= columns) {
                throw new IllegalArgumentException(
                        "columns must be in [0, %d) and increase strictly, found %d after %d in row %d"
                                .formatted(columns, column, previous, row));
            }
            previous = column;
        }
    }

    /** Copies arrays known to be valid; columns past the last pointer are left out. */
    private static SparsePattern copyOf(
            int columns, int[] rowPointers, int[] columnIndices, Arena arena) {
        int rows = rowPointers.length - 1;
        MemorySegment pointers = arena.allocate(INT.byteSize() * (rows + 1L), ALIGNMENT);
        MemorySegment indices = arena.allocate(INT.byteSize() * rowPointers[rows], ALIGNMENT);
        MemorySegment.copy(rowPointers, 0, pointers, INT, 0, rows + 1);
        MemorySegment.copy(columnIndices, 0, indices, INT, 0, rowPointers[rows]);
        return new SparsePattern(rows, columns, pointers, indices);
    }

    /**
     * Makes a pattern from edges (row, column) in any order; duplicates are merged. Needs scratch
     * memory of one integer for each edge and two for each row on the Java heap.
     *
     * @param rows the number of rows
     * @param columns the number of columns
     * @param edges traversed twice
     * @param arena holds the result
     * @throws IllegalArgumentException if an edge lies outside, or there are too many for 32 bits
     */
    public static SparsePattern from(int rows, int columns, EdgeSource edges, Arena arena) {
        checkSize("rows", rows);
        checkSize("columns", columns);
        PatternBuilder builder = new PatternBuilder(rows, columns);
        builder.build(edges);
        return copyOf(columns, builder.rowPointers(), builder.columnIndices(), arena);
    }

    /**
     * Makes the mask of a graphical model: each directed edge both ways, and a self loop at every
     * node; duplicates are merged.
     *
     * @param nodes the number of nodes
     * @param directedEdges edges (parent, child) in any order, traversed twice
     * @param arena holds the result
     * @throws IllegalArgumentException if an edge leaves the graph, or there are too many for 32
     *     bits
     */
    public static SparsePattern symmetrise(int nodes, EdgeSource directedEdges, Arena arena) {
        return from(nodes, nodes, sink -> emitMask(nodes, directedEdges, sink), arena);
    }

    private static void emitMask(int nodes, EdgeSource directedEdges, EdgeSink sink) {
        for (int node = 0; node < nodes; node++) {
            sink.edge(node, node);
        }
        directedEdges.forEach((from, to) -> {
            sink.edge(from, to);
            sink.edge(to, from);
        });
    }

    /** The number of rows. */
    public int rows() {
        return rows;
    }

    /** The number of columns. */
    public int columns() {
        return columns;
    }

    /** The number of entries. */
    public int edges() {
        return edges;
    }

    /** The length of the longest row, 0 without rows. */
    public int maxDegree() {
        return maxDegree;
    }

    /** The length of one row. */
    public int degree(int row) {
        Objects.checkIndex(row, rows);
        return start(row + 1) - start(row);
    }

    /** The column of one entry of a row, whose entries are numbered from 0 to its degree. */
    public int column(int row, int entry) {
        Objects.checkIndex(entry, degree(row));
        return column(start(row) + entry);
    }

    /** {@code [rows + 1]} int32, read-only: where each row starts in the columns, and the end. */
    public MemorySegment rowPointers() {
        return rowPointers;
    }

    /** {@code [edges]} int32, read-only: the columns of each row, strictly increasing. */
    public MemorySegment columnIndices() {
        return columnIndices;
    }

    /** Whether the entry exists; takes the logarithm of the row's length. */
    public boolean contains(int row, int column) {
        Objects.checkIndex(row, rows);
        Objects.checkIndex(column, columns);
        int low = start(row);
        int high = start(row + 1);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (column(middle) < column) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < start(row + 1) && column(low) == column;
    }

    /** Hands over every edge (row, column), by row, then by column. */
    @Override
    public void forEach(EdgeSink sink) {
        for (int row = 0; row < rows; row++) {
            int end = start(row + 1);
            for (int edge = start(row); edge < end; edge++) {
                sink.edge(row, column(edge));
            }
        }
    }

    /** Whether the pattern equals its transpose. Takes time O(rows + edges), one integer a row. */
    public boolean isSymmetric() {
        if (rows != columns) {
            return false;
        }
        // Going through the rows in order, row i must be the next unread entry of each row it
        // lists.
        int[] next = new int[rows];
        for (int row = 0; row < rows; row++) {
            next[row] = start(row);
        }
        for (int row = 0; row < rows; row++) {
            int end = start(row + 1);
            for (int edge = start(row); edge < end; edge++) {
                int mirror = column(edge);
                int entry = next[mirror]++;
                if (entry >= start(mirror + 1) || column(entry) != row) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether the pattern is square and every row lists itself. */
    public boolean hasSelfLoops() {
        if (rows != columns) {
            return false;
        }
        for (int row = 0; row < rows; row++) {
            if (!contains(row, row)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The rows and columns of some nodes of a square pattern.
     *
     * @param kept numbers of the nodes, ascending
     * @param ranks {@code [rows]} the place of each node among them, below 0 of others
     * @param arena holds the result
     */
    public SparsePattern part(int[] kept, int[] ranks, Arena arena) {
        int[] pointers = new int[kept.length + 1];
        for (int n = 0; n < kept.length; n++) {
            int entries = 0;
            for (int edge = start(kept[n]); edge < start(kept[n] + 1); edge++) {
                entries += ranks[column(edge)] >= 0 ? 1 : 0;
            }
            pointers[n + 1] = pointers[n] + entries;
        }
        int[] own = new int[pointers[kept.length]];
        int at = 0;
        for (int node : kept) {
            for (int edge = start(node); edge < start(node + 1); edge++) {
                int rank = ranks[column(edge)];
                if (rank >= 0) {
                    own[at++] = rank;
                }
            }
        }
        return of(kept.length, kept.length, pointers, own, arena);
    }

    @Override
    public String toString() {
        return "SparsePattern[%d x %d, %d edges]".formatted(rows, columns, edges);
    }

    /** Where a row starts; {@code start(rows)} is the end. Callers check the row. */
    int start(int row) {
        return rowPointers.getAtIndex(INT, row);
    }

    int column(int edge) {
        return columnIndices.getAtIndex(INT, edge);
    }

    private static void checkSize(String name, int size) {
        check(
                size >= 0 && size < Integer.MAX_VALUE - 8,
                () -> "%s must be in [0, 2³¹ - 9), found %d".formatted(name, size));
    }

    private static void check(boolean ok, Supplier<String> message) {
        if (!ok) {
            throw new IllegalArgumentException(message.get());
        }
    }
}
