package gsdm.tensor.cpu.vector;

import static gsdm.tensor.cpu.vector.MatMulTile.COLUMNS;
import static gsdm.tensor.cpu.vector.MatMulTile.ROWS;
import static gsdm.tensor.cpu.vector.MatMulTile.ROW_BYTES;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;

/**
 * out [M, L] = aᵀ·b and sums [M] = the column sums of a, for a [R, M] and b [R, L] with many more
 * rows than columns: the gradients of a linear layer's weight and bias.
 *
 * <p>Rows are cut into panels, at most {@link RowPanels#MOST} and a function of R alone. Phase 0
 * contracts each panel into a partial result of its own, phase 1 merges them in a fixed tree.
 */
final class RowContractionKernel implements Kernel {

    private final Slot aSlot;
    private final Slot bSlot;
    private final long a;
    private final long b;
    private final long out;
    private final long sums;
    private int rows;
    private int width; // M
    private int columns; // L
    private int panels;
    private int stripes; // of ROWS columns of a
    private int aStride;
    private int bStride;
    private long partialBytes;
    // [panels] of [M rounded up to ROWS, L rounded up to COLUMNS], then [M rounded up to lanes]
    private long partials;
    private final Buffers buffers = new Buffers(); // [CHUNK, M], [CHUNK, L], zeros

    RowContractionKernel(Op.LinearGradient op, Addresses addresses) {
        this(op.dOut(), op.x(), op.dWeight(), addresses.of(op.dBias()), addresses);
    }

    /** out = aᵀ·b without the column sums. */
    RowContractionKernel(Slot a, Slot b, Slot out, Addresses addresses) {
        this(a, b, out, 0, addresses);
    }

    private RowContractionKernel(Slot a, Slot b, Slot out, long sums, Addresses addresses) {
        this.aSlot = a;
        this.bSlot = b;
        this.a = addresses.of(a);
        this.b = addresses.of(b);
        this.out = addresses.of(out);
        this.sums = sums;
    }

    private void size(Extents extents) {
        rows = aSlot.shape().rows(extents);
        width = aSlot.shape().columns(extents);
        columns = bSlot.shape().columns(extents);
        panels = RowPanels.count(rows);
        aStride = oddLines(roundUp(width, ROWS));
        bStride = oddLines(roundUp(columns, COLUMNS));
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

    private long bufferBytes() {
        return RowPanels.CHUNK * (long) (aStride + bStride) + ROW_BYTES;
    }

    private static int roundUp(int count, int multiple) {
        return Math.ceilDiv(count, multiple) * multiple;
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        // Fewer rows can mean shorter panels but never more of them.
        return panels * partialBytes + Buffers.totalBytes(bufferBytes(), panels);
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        partials = workspace.address();
        buffers.place(partials + panels * partialBytes, bufferBytes());
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int blocks(int phase) {
        return phase == 0 ? panels : stripes + 1;
    }

    @Override
    public void run(int phase, int block) {
        if (phase == 0) {
            contract(block);
        } else {
            merge(block);
        }
    }

    private void contract(int panel) {
        long partial = partials + panel * partialBytes;
        int first = RowPanels.first(panel, panels, rows);
        int last = RowPanels.first(panel + 1, panels, rows);
        Raw.clear(partial + sumsAt(), partialBytes - sumsAt());
        long buffer = buffers.take();
        int chunks = Math.ceilDiv(last - first, RowPanels.CHUNK);
        for (int chunk = 0; chunk < chunks; chunk++) {
            int from = first + RowPanels.first(chunk, chunks, last - first);
            int to = first + RowPanels.first(chunk + 1, chunks, last - first);
            chunk(from, to - from, partial, buffer, chunk == 0);
        }
        buffers.giveBack(buffer);
    }

    private void chunk(int row, int count, long partial, long spreadA, boolean begin) {
        long spreadB = spreadA + (long) RowPanels.CHUNK * aStride;
        long zeros = spreadB + (long) RowPanels.CHUNK * bStride;
        Raw.clear(zeros, ROW_BYTES);
        Panels.spreadRows(a + 4L * row * width, count, width, spreadA, aStride);
        Panels.spreadRows(b + 4L * row * columns, count, columns, spreadB, bStride);
        if (sums != 0) {
            ColumnSums.add(spreadA, count, width, aStride, partial + sumsAt());
        }
        for (int column = 0; column < columns; column += COLUMNS) {
            for (int m = 0; m < width; m += ROWS) {
                long to = partial + m * rowBytes() + 4L * column;
                MatMulTile.multiply(
                        spreadA + 4L * m,
                        4,
                        aStride,
                        ROWS,
                        spreadB + 4L * column,
                        bStride,
                        count,
                        begin ? zeros : to,
                        begin ? 0 : rowBytes(),
                        to,
                        rowBytes());
            }
        }
    }

    /** Bytes between rows of at least {@code floats} floats: an odd number of cache lines. */
    private static int oddLines(int floats) {
        return (Math.ceilDiv(floats, 16) | 1) * 64;
    }

    /** Blocks of phase 1 are stripes, then the column sums. */
    private void merge(int block) {
        if (block == stripes) {
            RowPanels.merge(partials, partialBytes, panels, sumsAt(), partialBytes);
            if (sums != 0) {
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
