package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.cpu.vector.blocks.RowSource;
import gsdm.tensor.cpu.vector.core.MatMulTile;
import gsdm.tensor.cpu.vector.matmul.MatMulKernel;
import gsdm.tensor.cpu.vector.matmul.PackedMatrix;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.NormLinear;

import java.lang.foreign.MemorySegment;

/**
 * {@link NormLinear}: phases 0 and 1 take the statistics, phase 0 also packs the weight and
 * prepares x; phase 2 normalises a block of rows into a buffer and multiplies it while it is in
 * cache.
 */
public final class NormLinearKernel implements Kernel {
    private final NormLinear op;
    private final RowSource x;
    private final long weight;
    private final long bias;
    private final long add;
    private final long out;
    private final Normaliser normaliser;
    private final PackedMatrix packed = new PackedMatrix();
    private final Buffers buffers = new Buffers(); // [BLOCK_ROWS, C], scratch, a tile, of x
    private NodeChunks chunks = NodeChunks.NONE;
    private int rows;
    private int columns;

    public NormLinearKernel(NormLinear op, Addresses addresses) {
        this(op, addresses, RowSource.stored(op.norm().x(), addresses));
    }

    /**
     * The same of an x that may be in no memory.
     *
     * @param x [B·N, C]
     */
    public NormLinearKernel(NormLinear op, Addresses addresses, RowSource x) {
        this.op = op;
        this.x = x;
        MatMul linear = op.linear();
        weight = addresses.of(linear.b());
        bias = addresses.of(linear.bias());
        add = linear.add().present() ? addresses.of(linear.add()) : 0;
        out = addresses.of(linear.out());
        normaliser = Normaliser.of(op.norm(), addresses);
    }

    private void size(Extents extents) {
        x.size(extents);
        chunks = chunks.resized(op.norm(), extents);
        normaliser.size(chunks);
        rows = chunks.batch() * chunks.nodes();
        columns = op.linear().out().shape().columns(extents);
        packed.size(chunks.channels(), columns);
    }

    private long rowBytes() {
        return 4L * MatMulKernel.BLOCK_ROWS * chunks.channels();
    }

    private long bufferBytes() {
        return xAt() + x.bufferBytes(MatMulKernel.BLOCK_ROWS);
    }

    private long xAt() {
        return rowBytes() + Normaliser.SCRATCH_BYTES + MatMulTile.BYTES;
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        return normaliser.bytes()
                + packed.bytes()
                + x.bytes()
                + Buffers.totalBytes(bufferBytes(), Math.max(blocks(2), x.blocks()));
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        long at = workspace.address();
        packed.place(at);
        at += packed.bytes();
        normaliser.place(at);
        at += normaliser.bytes();
        x.place(at);
        at += x.bytes();
        buffers.place(at, bufferBytes());
    }

    @Override
    public int phases() {
        return 3;
    }

    private int sums() {
        return normaliser.overNodes() ? chunks.count() : 0;
    }

    @Override
    public int blocks(int phase) {
        return switch (phase) {
            case 0 -> sums() + packed.panels() + x.blocks();
            case 1 -> normaliser.overNodes() ? chunks.batch() : 0;
            default -> Math.ceilDiv(rows, MatMulKernel.BLOCK_ROWS);
        };
    }

    @Override
    public void run(int phase, int block) {
        switch (phase) {
            case 0 -> begin(block);
            case 1 -> normaliser.merge(block);
            default -> multiply(block);
        }
    }

    private void begin(int block) {
        int panel = block - sums();
        int rest = panel - packed.panels();
        if (panel < 0) {
            normaliser.sum(block);
        } else if (rest < 0) {
            packed.pack(panel, weight, true, bias);
        } else {
            long buffer = buffers.take();
            x.prepare(rest, buffer + xAt());
            buffers.giveBack(buffer);
        }
    }

    private void multiply(int block) {
        int first = block * MatMulKernel.BLOCK_ROWS;
        int end = Math.min(first + MatMulKernel.BLOCK_ROWS, rows);
        int channels = chunks.channels();
        long buffer = buffers.take();
        long scratch = buffer + rowBytes();
        long xRows = x.rows(first, end - first, buffer + xAt());
        normaliser.activate(op.norm(), first, end - first, xRows, scratch, buffer);
        long offset = 4L * first * columns;
        packed.multiply(
                buffer,
                4L * channels,
                4,
                end - first,
                add == 0 ? 0 : add + offset,
                out + offset,
                scratch + Normaliser.SCRATCH_BYTES);
        buffers.giveBack(buffer);
    }
}
