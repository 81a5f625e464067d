package gsdm.tensor.cpu.vector;

import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

import java.util.List;

/**
 * Activations [B, N, C] cut into chunks of at most {@link #NODES} nodes, counted from the start of
 * each example, so that none goes across two.
 */
record NodeChunks(int batch, int nodes, int channels) {
    /** Nodes of a chunk: whole tiles of {@link MatMulTile}, few enough to stay in cache. */
    static final int NODES = 10 * MatMulTile.ROWS;

    static final NodeChunks NONE = new NodeChunks(0, 0, 0);

    /**
     * Those of x [B, N, C]: this object if the sizes are the same, so that nothing is allocated.
     */
    NodeChunks resized(Slot x, Extents extents) {
        List<Dim> dims = x.shape().dims();
        int newBatch = extents.of(dims.get(0));
        int newNodes = extents.of(dims.get(1));
        int newChannels = extents.of(dims.get(2));
        boolean same = batch == newBatch && nodes == newNodes && channels == newChannels;
        return same ? this : new NodeChunks(newBatch, newNodes, newChannels);
    }

    int perExample() {
        return Math.ceilDiv(nodes, NODES);
    }

    /** All chunks. */
    int count() {
        return batch * perExample();
    }

    int example(int chunk) {
        return chunk / perExample();
    }

    /** The first row of a chunk among all B·N. */
    int row(int chunk) {
        return example(chunk) * nodes + chunk % perExample() * NODES;
    }

    /** How many nodes a chunk has. */
    int nodes(int chunk) {
        return Math.min(NODES, nodes - chunk % perExample() * NODES);
    }

    /** Where a chunk starts in the activations, in bytes. */
    long offset(int chunk) {
        return 4L * row(chunk) * channels;
    }
}
