package gsdm.tensor.cpu.vector.attention;

import static gsdm.tensor.cpu.vector.core.Raw.load;
import static gsdm.tensor.cpu.vector.core.Raw.store;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Extents;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/**
 * {@link Attention}: each node goes through the nodes it attends to, a chunk at a time, with an
 * online softmax (Milakov, Gimelshein 2018), so nothing grows with the number of edges.
 *
 * <p>Sparse and dense attention are one phase, split by nodes. Padded attention takes two phases
 * for each example: one gathers, one attends.
 */
public final class AttentionKernel implements Kernel {
    /** Nodes of a block. */
    private static final int BLOCK_NODES = 32;

    private final AttendedRows attended;
    private final Heads heads;
    private final float scale;
    private final long out; // [B, N, C]
    private final long logSumExp; // [B, N, H]
    // Partial sums, then scores of a chunk, then factors [state], then [BLOCK_NODES] of the largest
    // score and the sum of exponentials [2, state].
    private final Buffers buffers = new Buffers();
    private final ChunkStage[] stages = {
        this::score, this::raise, this::rescale, this::weigh, this::addValues
    };
    // Run once for all nodes of a block.
    private final ChunkStage[] ends = {this::total, this::addLogarithms, this::invert, this::keep};

    public AttentionKernel(Attention op, Addresses addresses) {
        attended = new AttendedRows(op, addresses);
        heads = new Heads(op.heads(), op.out().shape().last().size());
        scale = op.scale();
        out = addresses.of(op.out());
        logSumExp = addresses.of(op.logSumExp());
    }

    private long bufferBytes() {
        return statesAt() + 2L * BLOCK_NODES * heads.stateBytes();
    }

    private long factorsAt() {
        return heads.partialBytes() + heads.scoreBytes();
    }

    private long statesAt() {
        return factorsAt() + heads.stateBytes();
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        long gathered = attended.gatheredBytes(reserve);
        int blocks = attended.examples() * blocksOfExample();
        return Buffers.totalBytes(bufferBytes(), blocks) + gathered;
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        attended.prepare(extents, workspace.address());
        buffers.place(workspace.address() + attended.gatheredBytes(extents), bufferBytes());
    }

    private int blocksOfExample() {
        return Math.ceilDiv(attended.nodes(), BLOCK_NODES);
    }

    @Override
    public int phases() {
        return attended.padded() ? 2 * attended.examples() : 1;
    }

    @Override
    public int blocks(int phase) {
        return attended.padded() ? blocksOfExample() : attended.examples() * blocksOfExample();
    }

    @Override
    public void run(int phase, int block) {
        int example = attended.padded() ? phase / 2 : block / blocksOfExample();
        int first = block % blocksOfExample() * BLOCK_NODES;
        int last = Math.min(first + BLOCK_NODES, attended.nodes());
        if (attended.padded() && phase % 2 == 0) {
            for (int node = first; node < last; node++) {
                attended.gather(example, node);
            }
        } else {
            long buffer = buffers.take();
            attend(example, first, last, buffer);
            ChunkStage.runAll(ends, example, first, 0, last - first, buffer);
            buffers.giveBack(buffer);
        }
    }

    private void attend(int example, int first, int last, long buffer) {
        for (int node = first; node < last; node++) {
            Raw.clear(outOf(example, node), 4L * heads.channels);
        }
        if (attended.dense()) {
            // Keys and values of a chunk stay in cache while the queries of the block go by.
            for (int row = 0; row < attended.nodes(); row += heads.chunk) {
                for (int node = first; node < last; node++) {
                    addChunk(example, node, row, buffer);
                }
            }
        } else {
            for (int node = first; node < last; node++) {
                int rows = attended.rows(node);
                for (int row = 0; row < rows; row += heads.chunk) {
                    addChunk(example, node, row, buffer);
                }
            }
        }
    }

    private long outOf(int example, int node) {
        return out + 4L * heads.channels * ((long) example * attended.nodes() + node);
    }

    private long stateOf(long buffer, int node) {
        return buffer + statesAt() + 2L * (node % BLOCK_NODES) * heads.stateBytes();
    }

    /** Takes the rows from first on into the sums of a node. */
    private void addChunk(int example, int node, int first, long buffer) {
        int count = Math.min(heads.chunk, attended.rows(node) - first);
        ChunkStage.runAll(stages, example, node, first, count, buffer);
    }

    private void score(int example, int node, int first, int count, long buffer) {
        int valid = Math.min(count, Math.max(0, attended.neighbours(node) - first));
        long scores = buffer + heads.partialBytes();
        heads.dots(
                attended.query(example, node),
                attended.keys(example, node, first),
                attended.stride(),
                attended.columns(node, first),
                count,
                scale,
                buffer,
                scores);
        hide(scores, valid * heads.slots, heads.vectors(count) * Lanes.COUNT);
    }

    /** Scores beyond the valid ones, of padding, become −∞. */
    private static void hide(long scores, int valid, int all) {
        for (int i = valid; i < all; i++) {
            Raw.put(scores + 4L * i, Float.NEGATIVE_INFINITY);
        }
    }

    /** Raises the largest score so far, and keeps what takes earlier sums to it. */
    private void raise(int example, int node, int first, int count, long buffer) {
        long scores = buffer + heads.partialBytes();
        long factors = buffer + factorsAt();
        long state = stateOf(buffer, node);
        int stride = Math.toIntExact(heads.stateBytes());
        int vectors = heads.vectors(count) * Lanes.BYTES / stride;
        for (long at = 0; at < stride; at += Lanes.BYTES) {
            if (first == 0) {
                store(FloatVector.broadcast(Lanes.SPECIES, Float.NEGATIVE_INFINITY), state + at);
                store(FloatVector.zero(Lanes.SPECIES), state + stride + at);
            }
            store(load(state + at), factors + at);
            ScoreLoops.raise(state + at, scores + at, stride, vectors, heads.slots);
        }
    }

    private void rescale(int example, int node, int first, int count, long buffer) {
        if (first == 0) {
            return;
        }
        long factors = buffer + factorsAt();
        long state = stateOf(buffer, node);
        for (long at = 0; at < heads.stateBytes(); at += Lanes.BYTES) {
            ScoreLoops.rescale(state + at, state + heads.stateBytes() + at, factors + at);
        }
        heads.scale(factors, outOf(example, node));
    }

    private void weigh(int example, int node, int first, int count, long buffer) {
        long scores = buffer + heads.partialBytes();
        long state = stateOf(buffer, node);
        int stride = Math.toIntExact(heads.stateBytes());
        int vectors = heads.vectors(count) * Lanes.BYTES / stride;
        for (long at = 0; at < stride; at += Lanes.BYTES) {
            long sums = state + stride + at;
            ScoreLoops.exponentials(state + at, scores + at, stride, vectors, sums);
        }
    }

    private void addValues(int example, int node, int first, int count, long buffer) {
        heads.addWeighted(
                buffer + heads.partialBytes(),
                attended.values(example, node, first),
                attended.stride(),
                attended.columns(node, first),
                count,
                outOf(example, node));
    }

    private void total(int example, int first, int none, int count, long buffer) {
        int bytes = Math.toIntExact(heads.stateBytes());
        long sums = stateOf(buffer, first) + bytes;
        for (long at = 0; at < bytes; at += Lanes.BYTES) {
            ScoreLoops.total(sums + at, 2 * bytes, count, heads.slots);
        }
    }

    private void addLogarithms(int example, int first, int none, int count, long buffer) {
        int bytes = Math.toIntExact(heads.stateBytes());
        long states = stateOf(buffer, first);
        for (long at = 0; at < bytes; at += Lanes.BYTES) {
            ScoreLoops.addLogarithms(states + at, bytes, 2 * bytes, count);
        }
    }

    private void invert(int example, int first, int none, int count, long buffer) {
        int bytes = Math.toIntExact(heads.stateBytes());
        long sums = stateOf(buffer, first) + bytes;
        for (long at = 0; at < bytes; at += Lanes.BYTES) {
            ScoreLoops.invert(sums + at, 2 * bytes, count);
        }
    }

    private void keep(int example, int first, int none, int count, long buffer) {
        for (int node = first; node < first + count; node++) {
            long state = stateOf(buffer, node);
            boolean empty = attended.rows(node) == 0;
            if (!empty) {
                heads.scale(state + heads.stateBytes(), outOf(example, node));
            }
            long to = logSumExp + 4L * heads.heads * ((long) example * attended.nodes() + node);
            for (int h = 0; h < heads.heads; h++) {
                Raw.put(to + 4L * h, empty ? Float.NEGATIVE_INFINITY : Raw.get(state + 4L * h));
            }
        }
    }
}
