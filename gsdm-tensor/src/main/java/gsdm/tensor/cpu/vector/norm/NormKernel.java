package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Norm;

import java.lang.foreign.MemorySegment;

/** {@link Norm}: phases 0 and 1 take the statistics, phase 2 normalises. */
public final class NormKernel implements Kernel {
    private final Norm op;
    private final long x;
    private final long out;
    private final Normaliser normaliser;
    private final Buffers buffers = new Buffers(); // Normaliser.SCRATCH_BYTES
    private NodeChunks chunks = NodeChunks.NONE;

    public NormKernel(Norm op, Addresses addresses) {
        this.op = op;
        x = addresses.of(op.x());
        out = addresses.of(op.out());
        normaliser = Normaliser.of(op, addresses);
    }

    private void size(Extents extents) {
        chunks = chunks.resized(op, extents);
        normaliser.size(chunks);
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        return normaliser.bytes() + Buffers.totalBytes(Normaliser.SCRATCH_BYTES, chunks.count());
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        normaliser.place(workspace.address());
        buffers.place(workspace.address() + normaliser.bytes(), Normaliser.SCRATCH_BYTES);
    }

    @Override
    public int phases() {
        return 3;
    }

    @Override
    public int blocks(int phase) {
        return switch (phase) {
            case 0 -> normaliser.overNodes() ? chunks.count() : 0;
            case 1 -> normaliser.overNodes() ? chunks.batch() : 0;
            default -> chunks.count();
        };
    }

    @Override
    public void run(int phase, int block) {
        switch (phase) {
            case 0 -> normaliser.sum(block);
            case 1 -> normaliser.merge(block);
            default -> normalise(block);
        }
    }

    private void normalise(int chunk) {
        int count = chunks.nodes(chunk);
        long offset = chunks.offset(chunk);
        long to = out + offset;
        long buffer = buffers.take();
        normaliser.activate(op, chunks.row(chunk), count, x + offset, buffer, to);
        buffers.giveBack(buffer);
    }
}
