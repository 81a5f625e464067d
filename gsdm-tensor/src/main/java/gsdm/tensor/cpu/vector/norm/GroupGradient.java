package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.Norm;

/**
 * The gradient of {@link GroupNorm}. {@link #spread} brings the statistics of an example to its
 * channels, {@link #merge} takes the means over groups, and {@link #backward} gives dX = (gamma·d −
 * mean − n·slope) / deviation + add.
 */
final class GroupGradient implements NormGradient {
    private final GroupNorm norm;
    private final long x;
    private final long gamma;
    private final long beta;
    private final long statistics;
    private final long add;
    private final long dX;
    private final long dGamma;
    private final long dBeta;
    private final ChannelSums sums = new ChannelSums();
    private NodeChunks chunks = NodeChunks.NONE;
    private long factors; // [B, FACTORS, C]: see GroupNormGradientLoops

    GroupGradient(GroupNorm norm, Norm.Gradient op, Addresses addresses) {
        this.norm = norm;
        x = addresses.of(norm.x());
        gamma = addresses.of(norm.gamma());
        beta = addresses.of(norm.beta());
        statistics = addresses.of(norm.statistics());
        add = op.add().present() ? addresses.of(op.add()) : 0;
        dX = addresses.of(op.dX());
        dGamma = addresses.of(op.dGamma());
        dBeta = addresses.of(op.dBeta());
    }

    @Override
    public void size(NodeChunks newChunks) {
        chunks = newChunks;
        sums.size(newChunks);
    }

    @Override
    public long bytes() {
        int factorRows = chunks.batch() * GroupNormGradientLoops.FACTORS;
        return sums.bytes() + 4L * factorRows * chunks.channels();
    }

    @Override
    public void place(long address) {
        sums.place(address);
        factors = address + sums.bytes();
    }

    @Override
    public boolean overNodes() {
        return true;
    }

    private long factorsOf(int example) {
        return factors + 4L * example * GroupNormGradientLoops.FACTORS * chunks.channels();
    }

    private long factor(int example, int which) {
        return factorsOf(example) + 4L * which * chunks.channels();
    }

    @Override
    public void spread(int example) {
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

    @Override
    public void begin(int chunk, long nodes, long buffer) {
        // All that is needed of a chunk was known before.
    }

    @Override
    public void normalise(int chunk, long nodes, long buffer, long to) {
        int example = chunks.example(chunk);
        GroupNormLoops.normalise(
                nodes,
                chunks.nodes(chunk),
                chunks.channels(),
                factor(example, GroupNormGradientLoops.MEAN),
                factor(example, GroupNormGradientLoops.SCALE),
                beta,
                to);
    }

    @Override
    public void sum(int chunk, long nodes, long d, long slopes, long buffer) {
        GroupNormGradientLoops.sums(
                nodes,
                d,
                slopes,
                chunks.nodes(chunk),
                chunks.channels(),
                factorsOf(chunks.example(chunk)),
                sums.of(chunk));
    }

    @Override
    public void merge(int example) {
        sums.merge(example);
        int width = chunks.channels() / norm.groups();
        for (int group = 0; group < norm.groups(); group++) {
            group(example, sums.ofExample(example), group * width, width);
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

    @Override
    public void backward(int chunk, long d) {
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

    @Override
    public void parameters() {
        sums.addExamples(dGamma, dBeta);
    }
}
