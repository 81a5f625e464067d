package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.cpu.vector.core.NormRows;
import gsdm.tensor.cpu.vector.core.Silu;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Norm;

import java.lang.foreign.MemorySegment;

/** {@link Norm.Gradient}: see {@link NormGradient} for the steps. */
public final class NormGradientKernel implements Kernel {
    private final Norm norm;
    private final long x;
    private final long dOut;
    private final NormGradient gradient;
    private final Buffers buffers = new Buffers(); // of NormRows, of Silu, [NODES, C]
    private NodeChunks chunks = NodeChunks.NONE;
    private long kept; // [B, N, C]: d, where SiLU makes it differ from dOut and it is read again

    public NormGradientKernel(Norm.Gradient op, Addresses addresses) {
        norm = op.norm();
        x = addresses.of(norm.x());
        dOut = addresses.of(op.dOut());
        gradient = NormGradient.of(op, addresses);
    }

    private void size(Extents extents) {
        chunks = chunks.resized(norm, extents);
        gradient.size(chunks);
    }

    private boolean keeps() {
        return norm.silu() && gradient.overNodes();
    }

    private long keptBytes() {
        return keeps() ? chunks.bytes() : 0;
    }

    private long bufferBytes() {
        return NormRows.BUFFER_BYTES + Silu.BUFFER_BYTES + chunks.mostBytes();
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        return gradient.bytes() + keptBytes() + Buffers.totalBytes(bufferBytes(), chunks.count());
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        gradient.place(workspace.address());
        kept = workspace.address() + gradient.bytes();
        buffers.place(kept + keptBytes(), bufferBytes());
    }

    @Override
    public int phases() {
        return 4;
    }

    @Override
    public int blocks(int phase) {
        return switch (phase) {
            case 0 -> gradient.overNodes() ? chunks.batch() : 0;
            case 1 -> chunks.count();
            case 2 -> chunks.batch();
            default -> 1 + (gradient.overNodes() ? chunks.count() : 0);
        };
    }

    @Override
    public void run(int phase, int block) {
        switch (phase) {
            case 0 -> gradient.spread(block);
            case 1 -> sum(block);
            case 2 -> gradient.merge(block);
            default -> {
                if (block == 0) {
                    gradient.parameters();
                } else {
                    int chunk = block - 1;
                    gradient.backward(chunk, (keeps() ? kept : dOut) + chunks.offset(chunk));
                }
            }
        }
    }

    private void sum(int chunk) {
        long buffer = buffers.take();
        long at = x + chunks.offset(chunk);
        gradient.begin(chunk, at, buffer);
        long d = dOut + chunks.offset(chunk);
        if (norm.silu()) {
            long from = d;
            long siluAt = buffer + NormRows.BUFFER_BYTES;
            d = keeps() ? kept + chunks.offset(chunk) : siluAt + Silu.BUFFER_BYTES;
            gradient.normalise(chunk, at, buffer, d);
            Silu.backward(d, from, d, chunks.nodes(chunk) * chunks.channels(), siluAt);
        }
        gradient.sum(chunk, at, d, 0, buffer);
        buffers.giveBack(buffer);
    }
}
