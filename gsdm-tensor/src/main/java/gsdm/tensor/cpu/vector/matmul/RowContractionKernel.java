package gsdm.tensor.cpu.vector.matmul;

import static gsdm.tensor.cpu.vector.core.MatMulTile.COLUMNS;
import static gsdm.tensor.cpu.vector.core.MatMulTile.ROWS;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.cpu.vector.blocks.RowPanels;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;

/**
 * out [M, L] = aᵀ·b and sums [M] = the column sums of a, for a [R, M] and b [R, L] with many more
 * rows than columns: the gradients of a linear layer's weight and bias.
 *
 * <p>Phase 0 contracts panels of rows, at most {@link RowPanels#MOST} and a function of R alone;
 * phase 1 merges them.
 */
public final class RowContractionKernel implements Kernel {

    private final Slot aSlot;
    private final Slot bSlot;
    private final long a;
    private final long b;
    private final long out;
    private final long sums;
    private final Contraction contraction = new Contraction();
    private final Buffers buffers = new Buffers(); // [CHUNK, M], [CHUNK, L]
    private int rows;
    private int width; // M
    private int columns; // L
    private int panels;
    private int aStride;
    private int bStride;

    public RowContractionKernel(MatMul.LinearGradient op, Addresses addresses) {
        this(op.dOut(), op.x(), op.dWeight(), addresses.of(op.dBias()), addresses);
    }

    /** out = aᵀ·b without the column sums. */
    public RowContractionKernel(Slot a, Slot b, Slot out, Addresses addresses) {
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
        contraction.size(width, columns, panels);
        aStride = oddLines(Contraction.roundUp(width, ROWS));
        bStride = oddLines(Contraction.roundUp(columns, COLUMNS));
    }

    private long bufferBytes() {
        return RowPanels.CHUNK * (long) (aStride + bStride);
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        // Fewer rows can mean shorter panels but never more of them.
        return contraction.bytes() + Buffers.totalBytes(bufferBytes(), panels);
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        contraction.place(workspace.address());
        buffers.place(workspace.address() + contraction.bytes(), bufferBytes());
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int blocks(int phase) {
        return phase == 0 ? panels : contraction.merges();
    }

    @Override
    public void run(int phase, int block) {
        if (phase == 0) {
            contract(block);
        } else {
            contraction.merge(block, out, sums);
        }
    }

    private void contract(int panel) {
        int first = RowPanels.first(panel, panels, rows);
        int last = RowPanels.first(panel + 1, panels, rows);
        contraction.begin(panel);
        long buffer = buffers.take();
        int chunks = Math.ceilDiv(last - first, RowPanels.CHUNK);
        for (int chunk = 0; chunk < chunks; chunk++) {
            int from = first + RowPanels.first(chunk, chunks, last - first);
            int to = first + RowPanels.first(chunk + 1, chunks, last - first);
            chunk(panel, from, to - from, buffer, chunk == 0);
        }
        buffers.giveBack(buffer);
    }

    private void chunk(int panel, int row, int count, long spreadA, boolean begin) {
        long spreadB = spreadA + (long) RowPanels.CHUNK * aStride;
        TilePacking.spreadRows(a + 4L * row * width, count, width, spreadA, aStride);
        TilePacking.spreadRows(b + 4L * row * columns, count, columns, spreadB, bStride);
        if (sums != 0) {
            contraction.addSums(panel, spreadA, aStride, count);
        }
        contraction.add(panel, spreadA, aStride, spreadB, bStride, count, begin);
    }

    /** Bytes between rows of at least {@code floats} floats: an odd number of cache lines. */
    private static int oddLines(int floats) {
        return (Math.ceilDiv(floats, 16) | 1) * 64;
    }
}
