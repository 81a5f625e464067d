package gsdm.tensor.cpu.vector.matmul;

import static gsdm.tensor.cpu.vector.core.MatMulTile.COLUMNS;
import static gsdm.tensor.cpu.vector.core.MatMulTile.ROWS;
import static gsdm.tensor.cpu.vector.core.MatMulTile.ROW_BYTES;

import gsdm.tensor.cpu.vector.blocks.RowPanels;
import gsdm.tensor.cpu.vector.core.ColumnSums;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.MatMulTile;
import gsdm.tensor.cpu.vector.core.Raw;

/**
 * aᵀ·b [M, L] and the column sums [M] of a, for a [R, M] and b [R, L] with many more rows than
 * columns. Rows are cut into panels, each of which has a partial result that chunks of rows are
 * added to; {@link #merge} sums those in a fixed tree.
 */
public final class Contraction {
    private int width; // M
    private int columns; // L
    private int panels;
    private int stripes; // of ROWS columns of a
    private long partialBytes;
    // [panels] of [M rounded up to ROWS, L rounded up to COLUMNS], then [M rounded up to lanes]
    private long partials;
    private long zeros; // a row of a tile

    /** Takes the sizes of the coming run. */
    public void size(int newWidth, int newColumns, int newPanels) {
        width = newWidth;
        columns = newColumns;
        panels = newPanels;
        stripes = Math.ceilDiv(width, ROWS);
        partialBytes = sumsAt() + 4L * roundUp(width, Lanes.COUNT);
        partialBytes = Math.ceilDiv(partialBytes, 64) * 64L;
    }

    private long rowBytes() {
        return 4L * roundUp(columns, COLUMNS);
    }

    private long sumsAt() {
        return roundUp(width, ROWS) * rowBytes();
    }

    static int roundUp(int count, int multiple) {
        return Math.ceilDiv(count, multiple) * multiple;
    }

    /** Bytes that {@link #place} takes. */
    public long bytes() {
        return panels * partialBytes + ROW_BYTES;
    }

    public void place(long address) {
        partials = address;
        zeros = partials + panels * partialBytes;
        Raw.clear(zeros, ROW_BYTES);
    }

    /** Clears the column sums of a panel; products start from nothing with the first chunk. */
    public void begin(int panel) {
        Raw.clear(partials + panel * partialBytes + sumsAt(), partialBytes - sumsAt());
    }

    /**
     * Adds the products of a chunk of rows to the partial result of its panel.
     *
     * @param a [count, M], rows {@code aStride} bytes apart
     * @param b [count, L], rows {@code bStride} bytes apart and so many that a whole tile can be
     *     read beyond the last column of the last row
     * @param first whether the panel begins with this chunk
     */
    public void add(int panel, long a, int aStride, long b, int bStride, int count, boolean first) {
        long partial = partials + panel * partialBytes;
        for (int column = 0; column < columns; column += COLUMNS) {
            for (int m = 0; m < width; m += ROWS) {
                long to = partial + m * rowBytes() + 4L * column;
                MatMulTile.multiply(
                        a + 4L * m,
                        4,
                        aStride,
                        Math.min(ROWS, width - m),
                        b + 4L * column,
                        bStride,
                        count,
                        first ? zeros : to,
                        first ? 0 : rowBytes(),
                        to,
                        rowBytes());
            }
        }
    }

    /** Adds the rows of a chunk to the column sums of its panel. */
    public void addSums(int panel, long a, int aStride, int count) {
        ColumnSums.add(a, count, width, aStride, partials + panel * partialBytes + sumsAt());
    }

    /** How many blocks {@link #merge} falls into: stripes, then the column sums. */
    public int merges() {
        return stripes + 1;
    }

    /**
     * One block of the result.
     *
     * @param out [M, L]
     * @param sums [M], or 0
     */
    public void merge(int block, long out, long sums) {
        if (block == stripes) {
            if (sums != 0) {
                RowPanels.merge(partials, partialBytes, panels, sumsAt(), partialBytes);
                Raw.copy(partials + sumsAt(), sums, 4L * width);
            }
            return;
        }
        long rowBytes = rowBytes();
        long first = block * ROWS * rowBytes;
        RowPanels.merge(partials, partialBytes, panels, first, first + ROWS * rowBytes);
        int height = Math.min(ROWS, width - block * ROWS);
        for (int r = 0; r < height; r++) {
            long row = (long) block * ROWS + r;
            Raw.copy(partials + row * rowBytes, out + 4 * row * columns, 4L * columns);
        }
    }
}
