package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.vector.blocks.RowPanels;
import gsdm.tensor.cpu.vector.core.Raw;

/**
 * Sums of d and of d·n of each channel [B, chunks, 2, C]: written a chunk at a time, put together
 * in a tree over an example's chunks, then over the examples for the gradients by beta and gamma.
 */
final class ChannelSums {
    private NodeChunks chunks = NodeChunks.NONE;
    private long start;

    void size(NodeChunks newChunks) {
        chunks = newChunks;
    }

    /** Bytes that {@link #place} takes. */
    long bytes() {
        return 8L * chunks.count() * chunks.channels();
    }

    void place(long address) {
        start = address;
    }

    /** [2, C] of a chunk. */
    long of(int chunk) {
        return start + 8L * chunk * chunks.channels();
    }

    /** [2, C] of an example, once it is merged. */
    long ofExample(int example) {
        return of(example * chunks.perExample());
    }

    void merge(int example) {
        int channels = chunks.channels();
        RowPanels.mergeAny(ofExample(example), 8L * channels, chunks.perExample(), 2 * channels);
    }

    void addExamples(long dGamma, long dBeta) {
        int channels = chunks.channels();
        for (int c = 0; c < channels; c++) {
            double betaSum = 0;
            double gammaSum = 0;
            for (int example = 0; example < chunks.batch(); example++) {
                long of = ofExample(example);
                betaSum += Raw.get(of + 4L * c);
                gammaSum += Raw.get(of + 4L * (channels + c));
            }
            Raw.put(dBeta + 4L * c, (float) betaSum);
            Raw.put(dGamma + 4L * c, (float) gammaSum);
        }
    }
}
