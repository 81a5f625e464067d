package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.cpu.vector.core.Silu;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.GroupNorm;

import java.lang.foreign.MemorySegment;

/** {@link GroupNorm.Gradient}: see {@link GroupGradient} for the steps. */
public final class GroupNormGradientKernel implements Kernel {
    private final GroupNorm norm;
    private final long dOut;
    private final GroupGradient gradient;
    private final Buffers buffers = new Buffers(); // of Silu
    private NodeChunks chunks = NodeChunks.NONE;
    private long activated; // [B, N, C]: d, where SiLU makes it differ from dOut

    public GroupNormGradientKernel(GroupNorm.Gradient op, Addresses addresses) {
        norm = op.norm();
        dOut = addresses.of(op.dOut());
        gradient = new GroupGradient(op, addresses);
    }

    private void size(Extents extents) {
        chunks = chunks.resized(norm.x(), extents);
        gradient.size(chunks);
    }

    private long activatedBytes() {
        return norm.silu() ? 4L * chunks.batch() * chunks.nodes() * chunks.channels() : 0;
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        long silus = Buffers.totalBytes(Silu.BUFFER_BYTES, chunks.count());
        return gradient.bytes() + activatedBytes() + silus;
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        gradient.place(workspace.address());
        long next = workspace.address() + gradient.bytes();
        activated = norm.silu() ? next : dOut;
        buffers.place(next + activatedBytes(), Silu.BUFFER_BYTES);
    }

    @Override
    public int phases() {
        return 4;
    }

    @Override
    public int blocks(int phase) {
        return switch (phase) {
            case 1 -> chunks.count();
            case 3 -> chunks.count() + 1;
            default -> chunks.batch();
        };
    }

    @Override
    public void run(int phase, int block) {
        switch (phase) {
            case 0 -> gradient.spread(block);
            case 1 -> sum(block);
            case 2 -> gradient.merge(block);
            default -> {
                if (block < chunks.count()) {
                    gradient.backward(block, activated + chunks.offset(block));
                } else {
                    gradient.parameters();
                }
            }
        }
    }

    private void sum(int chunk) {
        long d = activated + chunks.offset(chunk);
        if (norm.silu()) {
            gradient.normalise(chunk, d);
            long from = dOut + chunks.offset(chunk);
            long buffer = buffers.take();
            Silu.backward(d, from, d, chunks.nodes(chunk) * chunks.channels(), buffer);
            buffers.giveBack(buffer);
        }
        gradient.sum(chunk, d, 0);
    }
}
