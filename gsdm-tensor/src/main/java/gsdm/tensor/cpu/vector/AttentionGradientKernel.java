package gsdm.tensor.cpu.vector;

import static gsdm.tensor.cpu.vector.Raw.load;
import static gsdm.tensor.cpu.vector.Raw.store;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/**
 * {@link Op.AttentionGradient}: probabilities are computed again from the kept log-sum-exp (Dao et
 * al. 2022), and nothing is scattered. Each node walks those it attends to for the gradient by its
 * query, then those that attend to it for the gradients by its key and value.
 *
 * <p>Phase 0 lays out for each node what the walks want of the asking node; then one phase, split
 * by nodes, or two for each example where keys and values are gathered first.
 */
final class AttentionGradientKernel implements Kernel {
    /** Nodes of a block. */
    private static final int BLOCK_NODES = 32;

    private final AttendedRows attended;
    private final Heads heads;
    private final float scale;
    private final boolean dense;
    private final long transposedPointers;
    private final long transposedColumns;
    private final long out; // [B, N, C]
    private final long logSumExp; // [B, N, H]
    private final long dOut; // [B, N, C]
    private final long dQkv; // [B, N, 3C]
    private final int channelBytes;
    // [B, N, 2, state]: the log-sum-exp, and Σ dOut·out, by slot.
    private long asking;
    // Partial sums, then scores, then gradients, log-sum-exps and Σ dOut·out of a chunk, the last
    // two
    // with a state to spare.
    private final Buffers buffers = new Buffers();

    AttentionGradientKernel(Op.AttentionGradient op, Addresses addresses) {
        Op.Attention attention = op.attention();
        attended = new AttendedRows(attention, addresses);
        heads = new Heads(attention.heads(), attention.out().shape().last().size());
        scale = attention.scale();
        dense = attended.dense();
        transposedPointers = listed(attention.pattern().transposedPointers(), addresses);
        transposedColumns = listed(attention.pattern().transposedColumns(), addresses);
        out = addresses.of(attention.out());
        logSumExp = addresses.of(attention.logSumExp());
        dOut = addresses.of(op.dOut());
        dQkv = addresses.of(op.dQkv());
        channelBytes = 4 * heads.channels;
    }

    private long listed(Slot slot, Addresses addresses) {
        return dense ? 0 : addresses.of(slot);
    }

    private long bufferBytes() {
        return heads.partialBytes() + 4 * heads.scoreBytes() + 2 * heads.stateBytes();
    }

    private long askingBytes() {
        return 2L * attended.examples() * attended.nodes() * heads.stateBytes();
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        long gathered = attended.gatheredBytes(reserve);
        return gathered + askingBytes() + Buffers.totalBytes(bufferBytes(), allBlocks());
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        attended.prepare(extents, workspace.address());
        asking = workspace.address() + attended.gatheredBytes(extents);
        buffers.place(asking + askingBytes(), bufferBytes());
    }

    private int blocksOfExample() {
        return Math.ceilDiv(attended.nodes(), BLOCK_NODES);
    }

    private int allBlocks() {
        return attended.examples() * blocksOfExample();
    }

    @Override
    public int phases() {
        return attended.padded() ? 1 + 2 * attended.examples() : 2;
    }

    @Override
    public int blocks(int phase) {
        return attended.padded() && phase > 0 ? blocksOfExample() : allBlocks();
    }

    @Override
    public void run(int phase, int block) {
        boolean byExample = attended.padded() && phase > 0;
        int example = byExample ? (phase - 1) / 2 : block / blocksOfExample();
        int first = block % blocksOfExample() * BLOCK_NODES;
        int last = Math.min(first + BLOCK_NODES, attended.nodes());
        if (byExample && phase % 2 == 1) {
            for (int node = first; node < last; node++) {
                attended.gather(example, node);
            }
            return;
        }
        long buffer = buffers.take();
        if (phase == 0) {
            for (int node = first; node < last; node++) {
                layOut(row(example, node), buffer);
            }
        } else if (dense) {
            walkDense(example, first, last, buffer);
        } else {
            walkListed(example, first, last, buffer);
        }
        buffers.giveBack(buffer);
    }

    private long row(int example, int node) {
        return (long) example * attended.nodes() + node;
    }

    private void layOut(long row, long buffer) {
        long to = asking + 2 * row * heads.stateBytes();
        long products = buffer + heads.partialBytes();
        long at = row * channelBytes;
        heads.dots(dOut + at, out + at, 0, 0, 1, 1, buffer, products);
        heads.repeat(logSumExp + 4 * row * heads.heads, to);
        heads.repeat(products, to + heads.stateBytes());
    }

    private void walkListed(int example, int first, int last, long buffer) {
        for (int node = first; node < last; node++) {
            Raw.clear(dQkv + 3 * row(example, node) * channelBytes, 3L * channelBytes);
            int rows = attended.rows(node);
            for (int j = 0; j < rows; j += heads.chunk) {
                addToQuery(example, node, j, buffer);
            }
            int start = Raw.getInt(transposedPointers + 4L * node);
            int end = Raw.getInt(transposedPointers + 4L * node + 4);
            for (int j = start; j < end; j += heads.chunk) {
                long columns = transposedColumns + 4L * j;
                int count = Math.min(heads.chunk, end - j);
                addToKeyAndValue(example, node, 0, columns, count, buffer);
            }
        }
    }

    /** Rows of a chunk stay in cache while the nodes of the block go by. */
    private void walkDense(int example, int first, int last, long buffer) {
        long bytes = 3L * channelBytes;
        Raw.clear(dQkv + row(example, first) * bytes, (last - first) * bytes);
        for (int j = 0; j < attended.nodes(); j += heads.chunk) {
            int count = Math.min(heads.chunk, attended.nodes() - j);
            for (int node = first; node < last; node++) {
                addToQuery(example, node, j, buffer);
                addToKeyAndValue(example, node, j, 0, count, buffer);
            }
        }
    }

    /** The gradient by a node's query, of a chunk of the rows it attends to. */
    private void addToQuery(int example, int node, int first, long buffer) {
        int count = Math.min(heads.chunk, attended.rows(node) - first);
        int valid = Math.min(count, Math.max(0, attended.neighbours(node) - first));
        long row = row(example, node);
        long scores = buffer + heads.partialBytes();
        long gradients = scores + heads.scoreBytes();
        long columns = attended.columns(node, first);
        int stride = attended.stride();
        long keys = attended.keys(example, node, first);
        long values = attended.values(example, node, first);
        long query = attended.query(example, node);
        long dOuts = dOut + row * channelBytes;
        heads.dots(query, keys, stride, columns, count, scale, buffer, scores);
        heads.dots(dOuts, values, stride, columns, count, 1, buffer, gradients);
        long from = asking + 2 * row * heads.stateBytes();
        for (int v = 0; v < heads.state / Lanes.COUNT; v++) {
            differentiate(
                    scores, gradients, v, heads.vectors(count), from + (long) v * Lanes.BYTES);
        }
        // Weights of padding are not even read.
        heads.addWeighted(gradients, keys, stride, columns, valid, dQkv + 3 * row * channelBytes);
    }

    /** Gradients by probabilities become gradients by dot products, for one asking node. */
    private void differentiate(long scores, long gradients, int first, int vectors, long from) {
        FloatVector logSumExps = load(from);
        FloatVector shared = load(from + heads.stateBytes());
        FloatVector factor = FloatVector.broadcast(Lanes.SPECIES, scale);
        for (int v = first; v < vectors; v += heads.state / Lanes.COUNT) {
            long at = (long) v * Lanes.BYTES;
            FloatVector score = load(scores + at).sub(logSumExps);
            FloatVector centred = load(gradients + at).sub(shared);
            store(VectorMath.exp(score).mul(centred).mul(factor), gradients + at);
        }
    }

    /**
     * The gradients by a node's key and value, of a chunk of those that attend to it.
     *
     * @param first the node that columns count from
     */
    private void addToKeyAndValue(
            int example, int node, int first, long columns, int count, long buffer) {
        long scores = buffer + heads.partialBytes();
        long gradients = scores + heads.scoreBytes();
        long origin = row(example, first);
        long queries = attended.query(example, first);
        long dOuts = dOut + origin * channelBytes;
        long key = attended.query(example, node) + channelBytes;
        long value = key + channelBytes;
        heads.dots(key, queries, 3 * channelBytes, columns, count, scale, buffer, scores);
        heads.dots(value, dOuts, channelBytes, columns, count, 1, buffer, gradients);
        long logSumExps = gradients + heads.scoreBytes();
        long shared = logSumExps + heads.scoreBytes() + heads.stateBytes();
        collect(asking + 2 * origin * heads.stateBytes(), columns, count, logSumExps, shared);
        differentiate(scores, gradients, heads.vectors(count), logSumExps, shared);
        long dKey = dQkv + (3 * row(example, node) + 1) * channelBytes;
        heads.addWeighted(gradients, queries, 3 * channelBytes, columns, count, dKey);
        heads.addWeighted(scores, dOuts, channelBytes, columns, count, dKey + channelBytes);
    }

    /**
     * Puts what is wanted of the asking nodes in the order of scores, over each other's repeats.
     */
    private void collect(long from, long columns, int count, long logSumExps, long shared) {
        long states = heads.stateBytes();
        for (int j = 0; j < count; j++) {
            int node = columns == 0 ? j : Raw.getInt(columns + 4L * j);
            long source = from + 2L * node * states;
            long to = 4L * j * heads.slots;
            for (int i = 0; i < heads.state; i += Lanes.COUNT) {
                store(load(source + 4L * i), logSumExps + to + 4L * i);
                store(load(source + states + 4L * i), shared + to + 4L * i);
            }
        }
    }

    /** Scores become probabilities, gradients by probabilities those by dot products. */
    private void differentiate(
            long scores, long gradients, int vectors, long logSumExps, long shared) {
        FloatVector factor = FloatVector.broadcast(Lanes.SPECIES, scale);
        for (int v = 0; v < vectors; v++) {
            long at = (long) v * Lanes.BYTES;
            FloatVector score = load(scores + at).sub(load(logSumExps + at));
            FloatVector probability = VectorMath.exp(score);
            store(probability, scores + at);
            FloatVector centred = load(gradients + at).sub(load(shared + at));
            store(probability.mul(centred).mul(factor), gradients + at);
        }
    }
}
