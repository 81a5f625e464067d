package gsdm.tensor.cpu.vector;

import static gsdm.tensor.cpu.vector.Raw.load;
import static gsdm.tensor.cpu.vector.Raw.store;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/**
 * {@link Op.Attention}: each node goes through the nodes it attends to, a chunk at a time, with an
 * online softmax (Milakov, Gimelshein 2018), so nothing grows with the number of edges.
 *
 * <p>Sparse and dense attention are one phase, split by nodes. Padded attention takes two phases
 * for each example: one gathers, one attends.
 */
final class AttentionKernel implements Kernel {
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

    AttentionKernel(Op.Attention op, Addresses addresses) {
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
                    addChunk(example, node, row, buffer, stateOf(buffer, node - first));
                }
            }
        } else {
            for (int node = first; node < last; node++) {
                int rows = attended.rows(node);
                for (int row = 0; row < rows; row += heads.chunk) {
                    addChunk(example, node, row, buffer, stateOf(buffer, node - first));
                }
            }
        }
        for (int node = first; node < last; node++) {
            normalise(example, node, buffer, stateOf(buffer, node - first));
        }
        addLogarithms(buffer + statesAt(), last - first);
        for (int node = first; node < last; node++) {
            keepLogSumExp(example, node, stateOf(buffer, node - first));
        }
    }

    private long outOf(int example, int node) {
        return out + 4L * heads.channels * ((long) example * attended.nodes() + node);
    }

    private long stateOf(long buffer, int node) {
        return buffer + statesAt() + 2L * node * heads.stateBytes();
    }

    /** Takes the rows from first on into the sums of a node. */
    private void addChunk(int example, int node, int first, long buffer, long state) {
        int count = Math.min(heads.chunk, attended.rows(node) - first);
        int valid = Math.min(count, Math.max(0, attended.neighbours(node) - first));
        long scores = buffer + heads.partialBytes();
        long factors = buffer + factorsAt();
        long columns = attended.columns(node, first);
        int stride = attended.stride();
        long query = attended.query(example, node);
        long keys = attended.keys(example, node, first);
        heads.dots(query, keys, stride, columns, count, scale, buffer, scores);
        hide(scores, valid * heads.slots, heads.vectors(count) * Lanes.COUNT);
        softmax(scores, heads.vectors(count), first == 0, state, factors);
        long to = outOf(example, node);
        if (first > 0) {
            heads.scale(factors, to);
        }
        long values = attended.values(example, node, first);
        heads.addWeighted(scores, values, stride, columns, count, to);
    }

    /** Scores beyond the valid ones, of padding, become −∞. */
    private static void hide(long scores, int valid, int all) {
        for (int i = valid; i < all; i++) {
            Raw.put(scores + 4L * i, Float.NEGATIVE_INFINITY);
        }
    }

    /**
     * Turns scores into exponentials relative to the largest score so far, and sums them up.
     *
     * @param state the largest score, then the sum of exponentials, lane by lane
     * @param factors what earlier sums are to be multiplied by
     */
    private void softmax(long scores, int vectors, boolean fresh, long state, long factors) {
        long sums = state + heads.stateBytes();
        for (int v = 0; v < heads.state / Lanes.COUNT; v++) {
            long at = (long) v * Lanes.BYTES;
            if (fresh) {
                store(FloatVector.broadcast(Lanes.SPECIES, Float.NEGATIVE_INFINITY), state + at);
                store(FloatVector.zero(Lanes.SPECIES), sums + at);
            }
            store(load(state + at), factors + at);
            raise(state + at, scores, v, vectors);
            if (!fresh) {
                rescale(state + at, sums + at, factors + at);
            }
            exponentials(state + at, scores, v, vectors, sums + at);
        }
    }

    /** Raises the largest score so far. */
    private void raise(long largest, long scores, int first, int vectors) {
        FloatVector max = load(largest);
        for (int v = first; v < vectors; v += heads.state / Lanes.COUNT) {
            max = max.max(load(scores + (long) v * Lanes.BYTES));
        }
        store(LaneSums.maxPeriods(max, heads.slots), largest);
    }

    /** The old largest score becomes the factor that takes earlier sums to the new one. */
    private static void rescale(long largest, long sums, long factors) {
        FloatVector factor = VectorMath.exp(load(factors).sub(load(largest)));
        store(factor, factors);
        store(load(sums).mul(factor), sums);
    }

    private void exponentials(long largest, long scores, int first, int vectors, long sums) {
        FloatVector max = load(largest);
        FloatVector sum = load(sums);
        for (int v = first; v < vectors; v += heads.state / Lanes.COUNT) {
            long at = scores + (long) v * Lanes.BYTES;
            FloatVector e = VectorMath.exp(load(at).sub(max));
            store(e, at);
            sum = sum.add(e);
        }
        store(sum, sums);
    }

    private void normalise(int example, int node, long buffer, long state) {
        if (attended.rows(node) == 0) {
            return;
        }
        long sums = state + heads.stateBytes();
        long factors = buffer + factorsAt();
        for (long at = 0; at < heads.stateBytes(); at += Lanes.BYTES) {
            total(sums + at, factors + at);
        }
        heads.scale(factors, outOf(example, node));
    }

    private void keepLogSumExp(int example, int node, long state) {
        long to = logSumExp + 4L * heads.heads * ((long) example * attended.nodes() + node);
        boolean empty = attended.rows(node) == 0;
        for (int h = 0; h < heads.heads; h++) {
            Raw.put(to + 4L * h, empty ? Float.NEGATIVE_INFINITY : Raw.get(state + 4L * h));
        }
    }

    /** Sums of lanes become sums by head, their inverses the factors. */
    private void total(long sums, long factors) {
        FloatVector sum = LaneSums.addPeriods(load(sums), heads.slots);
        store(sum, sums);
        store(FloatVector.broadcast(Lanes.SPECIES, 1f).div(sum), factors);
    }

    /** The logarithms of sums are added to the largest scores, for the first nodes of a block. */
    private void addLogarithms(long states, int nodes) {
        long bytes = heads.stateBytes();
        for (int node = 0; node < nodes; node++) {
            for (long at = 0; at < bytes; at += Lanes.BYTES) {
                long largest = states + 2L * node * bytes + at;
                store(load(largest).add(VectorMath.log(load(largest + bytes))), largest);
            }
        }
    }
}
