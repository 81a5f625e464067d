package gsdm.tensor.cpu.vector;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * {@link Op.GroupNorm}. Phase 0 takes the mean and the sum of squared deviations of each channel
 * over chunks of nodes counted from each example's start; phase 1 merges them in a tree (Chan,
 * Golub, LeVeque 1979), first the chunks, then the channels of a group; phase 2 normalises.
 */
final class GroupNormKernel implements Kernel {
    /** Nodes of a chunk: its activations stay in cache from pass to pass. */
    static final int CHUNK = 64;

    private final Op.GroupNorm op;
    private final long x;
    private final long gamma;
    private final long beta;
    private final long statistics; // [B, G, 2]
    private final long out;
    private int batch;
    private int nodes;
    private int channels;
    private int chunks;
    private long moments; // [B, chunks, 2, C]: mean, M2
    private long affine; // [B, 2, C]: mean, scale
    private final Buffers buffers = new Buffers(); // of Silu

    GroupNormKernel(Op.GroupNorm op, Addresses addresses) {
        this.op = op;
        x = addresses.of(op.x());
        gamma = addresses.of(op.gamma());
        beta = addresses.of(op.beta());
        statistics = addresses.of(op.statistics());
        out = addresses.of(op.out());
    }

    private void size(Extents extents) {
        List<Dim> dims = op.x().shape().dims();
        batch = extents.of(dims.get(0));
        nodes = extents.of(dims.get(1));
        channels = extents.of(dims.get(2));
        chunks = Math.ceilDiv(nodes, CHUNK);
    }

    private long affineAt() {
        return 8L * batch * chunks * channels;
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        return affineAt()
                + 8L * batch * channels
                + Buffers.totalBytes(Silu.BUFFER_BYTES, batch * chunks);
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        moments = workspace.address();
        affine = moments + affineAt();
        buffers.place(affine + 8L * batch * channels, Silu.BUFFER_BYTES);
    }

    @Override
    public int phases() {
        return 3;
    }

    @Override
    public int blocks(int phase) {
        return phase == 1 ? batch : batch * chunks;
    }

    @Override
    public void run(int phase, int block) {
        if (phase == 1) {
            merge(block);
            return;
        }
        int first = block % chunks * CHUNK;
        int count = Math.min(CHUNK, nodes - first);
        int example = block / chunks;
        long offset = 4L * ((long) example * nodes + first) * channels;
        if (phase == 0) {
            GroupNormLoops.moments(x + offset, count, channels, moments + 8L * block * channels);
        } else {
            long ofExample = affine + 8L * example * channels;
            GroupNormLoops.normalise(
                    x + offset,
                    count,
                    channels,
                    ofExample,
                    ofExample + 4L * channels,
                    beta,
                    out + offset);
            if (op.silu()) {
                long buffer = buffers.take();
                Silu.forward(out + offset, out + offset, count * channels, buffer);
                buffers.giveBack(buffer);
            }
        }
    }

    private void merge(int example) {
        long first = moments + 8L * example * chunks * channels;
        for (int step = 1; step < chunks; step *= 2) {
            for (int chunk = 0; chunk + step < chunks; chunk += 2 * step) {
                double here = nodesOf(chunk, step);
                double there = nodesOf(chunk + step, step);
                long into = first + 8L * chunk * channels;
                GroupNormLoops.combine(into, into + 8L * step * channels, channels, here, there);
            }
        }
        int width = channels / op.groups();
        for (int group = 0; group < op.groups(); group++) {
            group(example, group, width, first);
        }
    }

    private int nodesOf(int chunk, int chunkCount) {
        return (int) Math.min((long) (chunk + chunkCount) * CHUNK, nodes) - chunk * CHUNK;
    }

    /** All channels of a group have as many values, so their means weigh the same. */
    private void group(int example, int group, int width, long means) {
        int channel = group * width;
        double mean = 0;
        for (int c = channel; c < channel + width; c++) {
            mean += Raw.get(means + 4L * c);
        }
        mean /= width;
        double squares = 0;
        for (int c = channel; c < channel + width; c++) {
            double deviation = Raw.get(means + 4L * c) - mean;
            squares += Raw.get(means + 4L * (channels + c)) + nodes * deviation * deviation;
        }
        double variance = squares / ((double) nodes * width);
        float scale = (float) (1 / Math.sqrt(variance + op.epsilon()));
        long to = statistics + 8L * (example * op.groups() + group);
        Raw.put(to, (float) mean);
        Raw.put(to + 4, scale);
        long ofExample = affine + 8L * example * channels;
        for (int c = channel; c < channel + width; c++) {
            Raw.put(ofExample + 4L * c, (float) mean);
            Raw.put(ofExample + 4L * (channels + c), scale * Raw.get(gamma + 4L * c));
        }
    }
}
