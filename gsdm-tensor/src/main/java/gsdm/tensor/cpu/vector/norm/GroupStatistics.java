package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.GroupNorm;

/**
 * What a group norm has to know of all nodes before it changes one. {@link #sum} takes the mean and
 * the sum of squared deviations of each channel over a chunk of nodes, {@link #merge} puts those of
 * an example together in a tree (Chan, Golub, LeVeque 1979), first the chunks, then the channels of
 * a group; {@link #normalise} uses them.
 */
final class GroupStatistics implements Normaliser {
    private final GroupNorm op;
    private final long x;
    private final long gamma;
    private final long beta;
    private final long statistics; // [B, G, 2]
    private NodeChunks chunks = NodeChunks.NONE;
    private long moments; // [B, chunks, 2, C]: mean, M2
    private long affine; // [B, 2, C]: mean, scale

    GroupStatistics(GroupNorm op, Addresses addresses) {
        this.op = op;
        x = addresses.of(op.x());
        gamma = addresses.of(op.gamma());
        beta = addresses.of(op.beta());
        statistics = addresses.of(op.statistics());
    }

    @Override
    public void size(NodeChunks newChunks) {
        chunks = newChunks;
    }

    private long momentBytes() {
        return 8L * chunks.count() * chunks.channels();
    }

    @Override
    public long bytes() {
        return momentBytes() + 8L * chunks.batch() * chunks.channels();
    }

    @Override
    public void place(long address) {
        moments = address;
        affine = moments + momentBytes();
    }

    @Override
    public boolean overNodes() {
        return true;
    }

    @Override
    public void sum(int chunk) {
        int channels = chunks.channels();
        GroupNormLoops.moments(
                x + chunks.offset(chunk),
                chunks.nodes(chunk),
                channels,
                moments + 8L * chunk * channels);
    }

    @Override
    public void merge(int example) {
        int channels = chunks.channels();
        int perExample = chunks.perExample();
        long first = moments + 8L * example * perExample * channels;
        for (int step = 1; step < perExample; step *= 2) {
            for (int chunk = 0; chunk + step < perExample; chunk += 2 * step) {
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

    private int nodesOf(int chunk, int count) {
        long end = Math.min((long) (chunk + count) * NodeChunks.NODES, chunks.nodes());
        return (int) end - chunk * NodeChunks.NODES;
    }

    /** All channels of a group have as many values, so their means weigh the same. */
    private void group(int example, int group, int width, long means) {
        int channels = chunks.channels();
        int nodes = chunks.nodes();
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

    @Override
    public void normalise(int first, int count, long rows, long buffer, long out) {
        int channels = chunks.channels();
        int end = first + count;
        for (int row = first; row < end; ) {
            int example = row / chunks.nodes();
            int until = Math.min(end, (example + 1) * chunks.nodes());
            long ofExample = affine + 8L * example * channels;
            GroupNormLoops.normalise(
                    rows + 4L * (row - first) * channels,
                    until - row,
                    channels,
                    ofExample,
                    ofExample + 4L * channels,
                    beta,
                    out + 4L * (row - first) * channels);
            row = until;
        }
    }
}
