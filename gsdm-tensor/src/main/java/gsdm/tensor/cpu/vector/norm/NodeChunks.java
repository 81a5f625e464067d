package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.vector.blocks.RowBlocks;
import gsdm.tensor.cpu.vector.core.MatMulTile;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Norm;

import java.util.List;

/**
 * Activations [B, N, C] cut into chunks of at most {@link #NODES} nodes of one example. A layer
 * norm knows no examples: to it all B·N nodes are of one, so that chunks of small models are no
 * smaller than others.
 *
 * @param runs the chunks, as runs of rows
 * @param channels C
 */
record NodeChunks(RowBlocks runs, int channels) {
    /** Nodes of a chunk: whole tiles of {@link MatMulTile}, few enough to stay in cache. */
    static final int NODES = 10 * MatMulTile.ROWS;

    static final NodeChunks NONE = new NodeChunks(new RowBlocks(NODES, 0, 0), 0);

    /**
     * Those of a norm's x [B, N, C]: this object if the sizes are the same, so that nothing is
     * allocated.
     *
     * @throws IllegalArgumentException if B·N is more than 32 bits can count
     */
    NodeChunks resized(Norm norm, Extents extents) {
        int rows = norm.x().shape().rows(extents);
        List<Dim> dims = norm.x().shape().dims();
        RowBlocks newRuns =
                switch (norm) {
                    case GroupNorm _ ->
                            runs.resized(extents.of(dims.get(0)), extents.of(dims.get(1)));
                    case LayerNorm _ -> runs.resized(Math.min(1, rows), rows);
                };
        int newChannels = extents.of(dims.get(2));
        boolean same = newRuns.equals(runs) && newChannels == channels;
        return same ? this : new NodeChunks(newRuns, newChannels);
    }

    int batch() {
        return runs.examples();
    }

    /** The nodes of an example. */
    int nodes() {
        return runs.rows();
    }

    int perExample() {
        return runs.perExample();
    }

    /** All chunks. */
    int count() {
        return runs.count();
    }

    int example(int chunk) {
        return runs.example(chunk);
    }

    /** The first row of a chunk among all B·N. */
    int row(int chunk) {
        return example(chunk) * nodes() + runs.first(chunk);
    }

    /** How many nodes a chunk has. */
    int nodes(int chunk) {
        return runs.last(chunk) - runs.first(chunk);
    }

    /** Where a chunk starts in the activations, in bytes. */
    long offset(int chunk) {
        return 4L * row(chunk) * channels;
    }

    /** Bytes of all activations. */
    long bytes() {
        return 4L * batch() * nodes() * channels;
    }

    /** Bytes of the activations of the largest chunk there may be. */
    long mostBytes() {
        return 4L * NODES * channels;
    }
}
