package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.cpu.vector.core.Silu;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.GroupNorm;

import java.lang.foreign.MemorySegment;

/** {@link GroupNorm}: phases 0 and 1 take the statistics, phase 2 normalises. */
public final class GroupNormKernel implements Kernel {
    private final GroupNorm op;
    private final long out;
    private final GroupStatistics statistics;
    private final Buffers buffers = new Buffers(); // of Silu
    private NodeChunks chunks = NodeChunks.NONE;

    public GroupNormKernel(GroupNorm op, Addresses addresses) {
        this.op = op;
        out = addresses.of(op.out());
        statistics = new GroupStatistics(op, addresses);
    }

    private void size(Extents extents) {
        chunks = chunks.resized(op.x(), extents);
        statistics.size(chunks);
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        return statistics.bytes() + Buffers.totalBytes(Silu.BUFFER_BYTES, chunks.count());
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        statistics.place(workspace.address());
        buffers.place(workspace.address() + statistics.bytes(), Silu.BUFFER_BYTES);
    }

    @Override
    public int phases() {
        return 3;
    }

    @Override
    public int blocks(int phase) {
        return phase == 1 ? chunks.batch() : chunks.count();
    }

    @Override
    public void run(int phase, int block) {
        switch (phase) {
            case 0 -> statistics.sum(block);
            case 1 -> statistics.merge(block);
            default -> normalise(block);
        }
    }

    private void normalise(int chunk) {
        int count = chunks.nodes(chunk);
        long to = out + chunks.offset(chunk);
        statistics.normalise(chunks.example(chunk), chunks.row(chunk), count, to);
        if (op.silu()) {
            long buffer = buffers.take();
            Silu.forward(to, to, count * chunks.channels(), buffer);
            buffers.giveBack(buffer);
        }
    }
}
