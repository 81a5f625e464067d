package gsdm.tensor.cpu.vector.matmul;

import static gsdm.tensor.cpu.vector.core.MatMulTile.COLUMNS;
import static gsdm.tensor.cpu.vector.core.MatMulTile.ROWS;
import static gsdm.tensor.cpu.vector.core.MatMulTile.ROW_BYTES;

import gsdm.tensor.cpu.vector.core.MatMulTile;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;

/**
 * The B [K, L] and the bias [L] of a product a·B + bias + add, packed for {@link MatMulTile}:
 * panels of {@link MatMulTile#COLUMNS} columns, [panel, K, COLUMNS], zero beyond L.
 */
public final class PackedMatrix {
    /** Panels up to this size stay in the first-level cache while rows go by. */
    private static final long CACHED_BYTES = 24 << 10;

    private int inner; // K
    private int columns; // L
    private int panels;
    private long packed; // [panels, K, COLUMNS]
    private long biasRow; // [panels * COLUMNS], zero without a bias

    /** Takes the sizes of B [K, L]. */
    public void size(int newInner, int newColumns) {
        inner = newInner;
        columns = newColumns;
        panels = Math.ceilDiv(columns, COLUMNS);
    }

    private long packedBytes() {
        return (long) panels * inner * ROW_BYTES;
    }

    /** Bytes that {@link #place} takes. */
    public long bytes() {
        return packedBytes() + (long) panels * ROW_BYTES;
    }

    public void place(long address) {
        packed = address;
        biasRow = packed + packedBytes();
    }

    public int panels() {
        return panels;
    }

    /**
     * Packs one panel of B.
     *
     * @param b [K, L], or [L, K] if transposed
     * @param bias [L], or 0
     */
    public void pack(int panel, long b, boolean transposed, long bias) {
        int first = panel * COLUMNS;
        int width = Math.min(COLUMNS, columns - first);
        long to = packed + (long) panel * inner * ROW_BYTES;
        if (transposed) {
            TilePacking.packTransposed(b + 4L * first * inner, 4L * inner, inner, width, to);
        } else {
            TilePacking.pack(b + 4L * first, 4L * columns, inner, width, to);
        }
        long row = biasRow + (long) panel * ROW_BYTES;
        for (int c = 0; c < COLUMNS; c++) {
            Raw.put(row + 4L * c, bias != 0 && c < width ? Raw.get(bias + 4L * (first + c)) : 0);
        }
    }

    /**
     * out = a·B + bias + add for some rows.
     *
     * @param a the first row; rows are {@code aRow} bytes apart, columns {@code aStep}
     * @param add [rows, L], may be the memory of {@code out}; or 0
     * @param out [rows, L]
     * @param edge {@link MatMulTile#BYTES} to work in
     */
    public void multiply(long a, long aRow, int aStep, int rows, long add, long out, long edge) {
        if (add != 0) {
            begin(rows, add, out);
        }
        if (packedBytes() <= CACHED_BYTES) {
            for (int row = 0; row < rows; row += ROWS) {
                for (int panel = 0; panel < panels; panel++) {
                    tile(a, aRow, aStep, row, rows, panel, add, out, edge);
                }
            }
        } else {
            for (int panel = 0; panel < panels; panel++) {
                for (int row = 0; row < rows; row += ROWS) {
                    tile(a, aRow, aStep, row, rows, panel, add, out, edge);
                }
            }
        }
    }

    private void tile(
            long a,
            long aRow,
            int aStep,
            int row,
            int rows,
            int panel,
            long add,
            long out,
            long edge) {
        long from = a + row * aRow;
        long panelAt = packed + (long) panel * inner * ROW_BYTES;
        long init = biasRow + (long) panel * ROW_BYTES;
        long stride = 4L * columns;
        long offset = row * stride + (long) panel * ROW_BYTES;
        int height = Math.min(ROWS, rows - row);
        int width = Math.min(COLUMNS, columns - panel * COLUMNS);
        if (height == ROWS && width == COLUMNS) {
            long to = out + offset;
            if (add == 0) {
                MatMulTile.multiply(
                        from, aRow, aStep, ROWS, panelAt, ROW_BYTES, inner, init, 0, to, stride);
            } else {
                MatMulTile.multiply(
                        from, aRow, aStep, ROWS, panelAt, ROW_BYTES, inner, to, stride, to, stride);
            }
        } else {
            long startRow = 0;
            if (add != 0) {
                TilePacking.start(init, add + offset, stride, height, width, edge);
                init = edge;
                startRow = ROW_BYTES;
            }
            MatMulTile.multiply(
                    from, aRow, aStep, height, panelAt, ROW_BYTES, inner, init, startRow, edge,
                    ROW_BYTES);
            TilePacking.unpack(edge, height, width, out + offset, stride);
        }
    }

    /**
     * out = add + bias where whole tiles will start from it: row after row, so that what is added
     * streams in rather than being waited for in each tile.
     */
    private void begin(int rows, long add, long out) {
        int height = rows / ROWS * ROWS;
        int width = columns / COLUMNS * COLUMNS;
        for (int row = 0; row < height; row++) {
            long at = 4L * row * columns;
            Pointwise.add(Raw.base(add + at), Raw.base(biasRow), Raw.base(out + at), width);
        }
    }
}
