package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.vector.blocks.RowPanels;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.GroupNorm;

/**
 * The gradient of a group norm in the steps that kernels share. With n the normalised x and d the
 * gradient by gamma·n + beta: {@link #spread} brings the statistics of an example to its channels;
 * {@link #sum} adds up d and d·n of each channel over a chunk of nodes; {@link #merge} puts an
 * example's chunks together in a tree and takes the means over groups; {@link #backward} gives dX =
 * (gamma·d − mean − n·slope) / deviation + add; {@link #parameters} sums over examples for dGamma
 * and dBeta.
 */
final class GroupGradient {
    private final GroupNorm norm;
    private final long x;
    private final long gamma;
    private final long beta;
    private final long statistics;
    private final long add;
    private final long dX;
    private final long dGamma;
    private final long dBeta;
    private NodeChunks chunks = NodeChunks.NONE;
    private long sums; // [B, chunks, 2, C]: of d, of d·n
    private long factors; // [B, FACTORS, C]: see GroupNormGradientLoops

    GroupGradient(GroupNorm.Gradient op, Addresses addresses) {
        norm = op.norm();
        x = addresses.of(norm.x());
        gamma = addresses.of(norm.gamma());
        beta = addresses.of(norm.beta());
        statistics = addresses.of(norm.statistics());
        add = op.add().present() ? addresses.of(op.add()) : 0;
        dX = addresses.of(op.dX());
        dGamma = addresses.of(op.dGamma());
        dBeta = addresses.of(op.dBeta());
    }

    /** Takes the sizes of the coming run. */
    void size(NodeChunks newChunks) {
        chunks = newChunks;
    }

    private long sumBytes() {
        return 8L * chunks.count() * chunks.channels();
    }

    /** Bytes that {@link #place} takes. */
    long bytes() {
        int factorRows = chunks.batch() * GroupNormGradientLoops.FACTORS;
        return sumBytes() + 4L * factorRows * chunks.channels();
    }

    void place(long address) {
        sums = address;
        factors = sums + sumBytes();
    }

    private long factorsOf(int example) {
        return factors + 4L * example * GroupNormGradientLoops.FACTORS * chunks.channels();
    }

    private long factor(int example, int which) {
        return factorsOf(example) + 4L * which * chunks.channels();
    }

    void spread(int example) {
        int channels = chunks.channels();
        int width = channels / norm.groups();
        long means = factor(example, GroupNormGradientLoops.MEAN);
        long deviations = factor(example, GroupNormGradientLoops.DEVIATION);
        long scales = factor(example, GroupNormGradientLoops.SCALE);
        for (int c = 0; c < channels; c++) {
            long of = statistics + 8L * (example * norm.groups() + c / width);
            float scale = Raw.get(of + 4);
            Raw.put(means + 4L * c, Raw.get(of));
            Raw.put(deviations + 4L * c, scale);
            Raw.put(scales + 4L * c, scale * Raw.get(gamma + 4L * c));
        }
    }

    /** What SiLU was applied to, for the nodes of a chunk: to [nodes, C]. */
    void normalise(int chunk, long to) {
        int example = chunks.example(chunk);
        GroupNormLoops.normalise(
                x + chunks.offset(chunk),
                chunks.nodes(chunk),
                chunks.channels(),
                factor(example, GroupNormGradientLoops.MEAN),
                factor(example, GroupNormGradientLoops.SCALE),
                beta,
                to);
    }

    /**
     * The sums of a chunk of d, which starts at {@code d}.
     *
     * @param slopes [nodes, C], what d is multiplied by first, in place; or 0
     */
    void sum(int chunk, long d, long slopes) {
        GroupNormGradientLoops.sums(
                x + chunks.offset(chunk),
                d,
                slopes,
                chunks.nodes(chunk),
                chunks.channels(),
                factorsOf(chunks.example(chunk)),
                sums + 8L * chunk * chunks.channels());
    }

    void merge(int example) {
        int channels = chunks.channels();
        int perExample = chunks.perExample();
        long first = sums + 8L * example * perExample * channels;
        RowPanels.mergeAny(first, 8L * channels, perExample, 2 * channels);
        int width = channels / norm.groups();
        for (int group = 0; group < norm.groups(); group++) {
            group(example, first, group * width, width);
        }
    }

    private void group(int example, long ofExample, int channel, int width) {
        int channels = chunks.channels();
        double mean = 0;
        double slope = 0;
        for (int c = channel; c < channel + width; c++) {
            double weight = Raw.get(gamma + 4L * c);
            mean += weight * Raw.get(ofExample + 4L * c);
            slope += weight * Raw.get(ofExample + 4L * (channels + c));
        }
        double count = (double) chunks.nodes() * width;
        long scales = factor(example, GroupNormGradientLoops.DEVIATION);
        long constants = factor(example, GroupNormGradientLoops.CONSTANT);
        long slopes = factor(example, GroupNormGradientLoops.SLOPE);
        for (int c = channel; c < channel + width; c++) {
            double scale = Raw.get(scales + 4L * c);
            Raw.put(constants + 4L * c, (float) (scale * mean / count));
            Raw.put(slopes + 4L * c, (float) (scale * slope / count));
        }
    }

    /** dX of a chunk, from its d, which starts at {@code d}. */
    void backward(int chunk, long d) {
        long offset = chunks.offset(chunk);
        GroupNormGradientLoops.backward(
                x + offset,
                d,
                chunks.nodes(chunk),
                chunks.channels(),
                factorsOf(chunks.example(chunk)),
                add == 0 ? 0 : add + offset,
                dX + offset);
    }

    /** dGamma and dBeta, once all examples are merged. */
    void parameters() {
        int channels = chunks.channels();
        for (int c = 0; c < channels; c++) {
            double betaSum = 0;
            double gammaSum = 0;
            for (int example = 0; example < chunks.batch(); example++) {
                long of = sums + 8L * example * chunks.perExample() * channels;
                betaSum += Raw.get(of + 4L * c);
                gammaSum += Raw.get(of + 4L * (channels + c));
            }
            Raw.put(dBeta + 4L * c, (float) betaSum);
            Raw.put(dGamma + 4L * c, (float) gammaSum);
        }
    }
}
