package gsdm.tensor.cpu.vector.attention;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.MatMulTile;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Extents;

/**
 * Cuts the nodes of every example into blocks, and each block into runs of whole nodes whose edges
 * fit the first-level cache. What is computed of a node does not depend on the run it is in.
 */
final class NodeRuns {
    /** As many as go through a norm and its layer at a time: whole tiles of a product. */
    private static final int BLOCK_NODES = 10 * MatMulTile.ROWS;

    /** Edges of a run, unless one node has more. */
    private static final int RUN_EDGES = 256;

    /** Work on the edges of the nodes first to last − 1. */
    @FunctionalInterface
    interface Stage {
        void run(int example, int first, int last, long buffer);
    }

    final long pointers;
    final long columns;
    private final Attention op;
    private int examples;
    private int nodes;
    private int largest;

    NodeRuns(Attention op, Addresses addresses) {
        this.op = op;
        pointers = addresses.of(op.pattern().pointers());
        columns = addresses.of(op.pattern().columns());
    }

    void prepare(Extents extents) {
        examples = extents.of(op.out().shape().dims().get(0));
        nodes = extents.of(op.out().shape().dims().get(1));
        largest = Math.max(RUN_EDGES, extents.of(op.pattern().degree()));
    }

    int examples() {
        return examples;
    }

    int nodes() {
        return nodes;
    }

    /** The most edges that a run has. */
    int largestRun() {
        return largest;
    }

    /** The most nodes of a block. */
    static int mostNodes() {
        return BLOCK_NODES;
    }

    int blocks() {
        return examples * Math.ceilDiv(nodes, BLOCK_NODES);
    }

    /** Bytes of {@link #list}. */
    long listBytes() {
        return 4L * largest + Lanes.BYTES;
    }

    /** Writes for each edge of a run the node that it is of: int [edges]. */
    void list(int first, int last, long to) {
        int edge = edge(first);
        long at = to;
        for (int node = first; node < last; node++) {
            for (int end = edge(node + 1); edge < end; edge++) {
                Raw.putInt(at, node);
                at += 4;
            }
        }
    }

    /** The first edge of a node. */
    int edge(int node) {
        return Raw.getInt(pointers + 4L * node);
    }

    /** Runs all stages on the runs of a block, one after the other. */
    void run(int block, Stage[] stages, long buffer) {
        int perExample = Math.ceilDiv(nodes, BLOCK_NODES);
        int begin = block % perExample * BLOCK_NODES;
        int end = Math.min(nodes, begin + BLOCK_NODES);
        run(block / perExample, begin, end, stages, buffer);
    }

    /** Runs all stages on runs of the nodes begin to end − 1 of an example, any number of them. */
    void run(int example, int begin, int end, Stage[] stages, long buffer) {
        int first = begin;
        while (first < end) {
            int last = first + 1;
            int limit = edge(first) + RUN_EDGES;
            while (last < end && edge(last + 1) <= limit) {
                last++;
            }
            // Several stages called from one place are not inlined into each other, which would
            // pass the compiler's limit and put vectors on the heap.
            for (Stage stage : stages) {
                stage.run(example, first, last, buffer);
            }
            first = last;
        }
    }
}
