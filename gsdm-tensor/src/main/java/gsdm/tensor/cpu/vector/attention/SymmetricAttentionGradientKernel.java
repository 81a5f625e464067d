package gsdm.tensor.cpu.vector.attention;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Extents;

import java.lang.foreign.MemorySegment;

/** {@link SymmetricAttentionGradient} by itself: phase 0 prepares, phase 1 computes all rows. */
public final class SymmetricAttentionGradientKernel implements Kernel {
    /** Rows of a block. */
    private static final int ROWS = NodeRuns.mostNodes();

    private final SymmetricAttentionGradient gradient;
    private final long dQkv; // [B, N, 3C]
    private final int rowBytes;
    private final Buffers buffers = new Buffers();

    public SymmetricAttentionGradientKernel(Attention.Gradient op, Addresses addresses) {
        gradient = new SymmetricAttentionGradient(op, addresses);
        dQkv = addresses.of(op.dQkv());
        rowBytes = 4 * op.dQkv().shape().last().size();
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        gradient.size(reserve);
        int most = Math.max(blocks(0), blocks(1));
        return gradient.bytes() + Buffers.totalBytes(gradient.bufferBytes(0), most);
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        gradient.size(extents);
        gradient.place(workspace.address());
        buffers.place(workspace.address() + gradient.bytes(), gradient.bufferBytes(0));
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int blocks(int phase) {
        return phase == 0 ? gradient.blocks() : Math.ceilDiv(gradient.rows(), ROWS);
    }

    @Override
    public void run(int phase, int block) {
        long buffer = buffers.take();
        if (phase == 0) {
            gradient.prepare(block, buffer);
        } else {
            int first = block * ROWS;
            int count = Math.min(ROWS, gradient.rows() - first);
            gradient.write(first, count, buffer, dQkv + (long) rowBytes * first);
        }
        buffers.giveBack(buffer);
    }
}
