package gsdm.tensor.cpu.vector;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * {@link Op.GroupNormGradient}. With n the normalised x and d the gradient by gamma·n + beta: phase
 * 0 spreads the statistics over channels; phase 1 sums d and d·n of each channel over chunks of
 * nodes; phase 2 merges an example's chunks in a tree and takes the means over groups; phase 3
 * gives dX = (gamma·d − mean − n·slope) / deviation + add, and sums over examples for dGamma and
 * dBeta.
 */
final class GroupNormGradientKernel implements Kernel {
    private final Op.GroupNorm norm;
    private final long x;
    private final long gamma;
    private final long beta;
    private final long statistics;
    private final long dOut;
    private final long add;
    private final long dX;
    private final long dGamma;
    private final long dBeta;
    private int batch;
    private int nodes;
    private int channels;
    private int chunks;
    private long sums; // [B, chunks, 2, C]: of d, of d·n
    private long factors; // [B, FACTORS, C]: see GroupNormGradientLoops
    private long activated; // [B, N, C]: d, where SiLU makes it differ from dOut

    private final Buffers buffers = new Buffers(); // of Silu

    GroupNormGradientKernel(Op.GroupNormGradient op, Addresses addresses) {
        norm = op.norm();
        x = addresses.of(norm.x());
        gamma = addresses.of(norm.gamma());
        beta = addresses.of(norm.beta());
        statistics = addresses.of(norm.statistics());
        dOut = addresses.of(op.dOut());
        add = op.add().present() ? addresses.of(op.add()) : 0;
        dX = addresses.of(op.dX());
        dGamma = addresses.of(op.dGamma());
        dBeta = addresses.of(op.dBeta());
    }

    private void size(Extents extents) {
        List<Dim> dims = norm.x().shape().dims();
        batch = extents.of(dims.get(0));
        nodes = extents.of(dims.get(1));
        channels = extents.of(dims.get(2));
        chunks = Math.ceilDiv(nodes, GroupNormKernel.CHUNK);
    }

    private long sumBytes() {
        return 8L * batch * chunks * channels;
    }

    private long factorBytes() {
        return 4L * batch * GroupNormGradientLoops.FACTORS * channels;
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        long activations = norm.silu() ? 4L * batch * nodes * channels : 0;
        long silus = Buffers.totalBytes(Silu.BUFFER_BYTES, batch * chunks);
        return sumBytes() + factorBytes() + activations + silus;
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        sums = workspace.address();
        factors = sums + sumBytes();
        long next = factors + factorBytes();
        activated = norm.silu() ? next : dOut;
        buffers.place(next + (norm.silu() ? 4L * batch * nodes * channels : 0), Silu.BUFFER_BYTES);
    }

    @Override
    public int phases() {
        return 4;
    }

    @Override
    public int blocks(int phase) {
        return switch (phase) {
            case 1 -> batch * chunks;
            case 3 -> batch * chunks + 1;
            default -> batch;
        };
    }

    @Override
    public void run(int phase, int block) {
        switch (phase) {
            case 0 -> spread(block);
            case 1 -> sum(block);
            case 2 -> merge(block);
            default -> {
                if (block < batch * chunks) {
                    backward(block);
                } else {
                    parameters();
                }
            }
        }
    }

    /** The statistics of an example, by channel. */
    private void spread(int example) {
        long to = factorsOf(example);
        int width = channels / norm.groups();
        for (int c = 0; c < channels; c++) {
            long of = statistics + 8L * (example * norm.groups() + c / width);
            float scale = Raw.get(of + 4);
            Raw.put(to + GroupNormGradientLoops.MEAN * 4L * channels + 4L * c, Raw.get(of));
            Raw.put(to + GroupNormGradientLoops.DEVIATION * 4L * channels + 4L * c, scale);
            Raw.put(
                    to + GroupNormGradientLoops.SCALE * 4L * channels + 4L * c,
                    scale * Raw.get(gamma + 4L * c));
        }
    }

    private long factorsOf(int example) {
        return factors + 4L * example * GroupNormGradientLoops.FACTORS * channels;
    }

    private int nodesOf(int block) {
        return Math.min(GroupNormKernel.CHUNK, nodes - block % chunks * GroupNormKernel.CHUNK);
    }

    private long offsetOf(int block) {
        long first = (long) (block % chunks) * GroupNormKernel.CHUNK;
        return 4L * ((long) (block / chunks) * nodes + first) * channels;
    }

    private void sum(int block) {
        long offset = offsetOf(block);
        long factorsAt = factorsOf(block / chunks);
        long to = sums + 8L * block * channels;
        int count = nodesOf(block);
        long d = activated + offset;
        if (norm.silu()) {
            GroupNormGradientLoops.normalise(x + offset, count, channels, factorsAt, beta, d);
            long buffer = buffers.take();
            Silu.backward(d, dOut + offset, d, count * channels, buffer);
            buffers.giveBack(buffer);
        }
        GroupNormGradientLoops.sums(x + offset, d, count, channels, factorsAt, to);
    }

    private void merge(int example) {
        long first = sums + 8L * example * chunks * channels;
        RowPanels.mergeAny(first, 8L * channels, chunks, 2 * channels);
        int width = channels / norm.groups();
        for (int group = 0; group < norm.groups(); group++) {
            group(first, factorsOf(example), group * width, width);
        }
    }

    private void group(long ofExample, long to, int channel, int width) {
        double mean = 0;
        double slope = 0;
        for (int c = channel; c < channel + width; c++) {
            double weight = Raw.get(gamma + 4L * c);
            mean += weight * Raw.get(ofExample + 4L * c);
            slope += weight * Raw.get(ofExample + 4L * (channels + c));
        }
        double count = (double) nodes * width;
        long scales = to + GroupNormGradientLoops.DEVIATION * 4L * channels;
        for (int c = channel; c < channel + width; c++) {
            double scale = Raw.get(scales + 4L * c);
            Raw.put(
                    to + GroupNormGradientLoops.CONSTANT * 4L * channels + 4L * c,
                    (float) (scale * mean / count));
            Raw.put(
                    to + GroupNormGradientLoops.SLOPE * 4L * channels + 4L * c,
                    (float) (scale * slope / count));
        }
    }

    private void backward(int block) {
        long offset = offsetOf(block);
        GroupNormGradientLoops.backward(
                x + offset,
                activated + offset,
                nodesOf(block),
                channels,
                factorsOf(block / chunks),
                add == 0 ? 0 : add + offset,
                dX + offset);
    }

    private void parameters() {
        for (int c = 0; c < channels; c++) {
            double betaSum = 0;
            double gammaSum = 0;
            for (int example = 0; example < batch; example++) {
                long of = sums + 8L * example * chunks * channels;
                betaSum += Raw.get(of + 4L * c);
                gammaSum += Raw.get(of + 4L * (channels + c));
            }
            Raw.put(dBeta + 4L * c, (float) betaSum);
            Raw.put(dGamma + 4L * c, (float) gammaSum);
        }
    }
}
