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
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;

/**
 * {@link Attention.Gradient}: probabilities are computed again from the kept log-sum-exp (Dao et
 * al. 2022), and nothing is scattered. Each node walks those it attends to for the gradient by its
 * query, then those that attend to it for the gradients by its key and value.
 *
 * <p>Phase 0 lays out for each node what the walks want of the asking node; then one phase, split
 * by nodes, or two for each example where keys and values are gathered first.
 */
public final class AttentionGradientKernel implements Kernel {
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
    // The gradient by a node's query, of a chunk of the rows it attends to.
    private final ChunkStage[] toQuery = {
        this::scoreKeys, this::scoreValues, this::differentiateAsked, this::addKeys
    };
    // The gradients by a node's key and value, of a chunk of those that attend to it.
    private final ChunkStage[] toKeyAndValue = {
        this::scoreQueries,
        this::scoreOuts,
        this::differentiateAsking,
        this::addQueries,
        this::addOuts
    };

    public AttentionGradientKernel(Attention.Gradient op, Addresses addresses) {
        Attention attention = op.attention();
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

    private long scores(long buffer) {
        return buffer + heads.partialBytes();
    }

    private long gradients(long buffer) {
        return scores(buffer) + heads.scoreBytes();
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
        } else {
            long bytes = 3L * channelBytes;
            Raw.clear(dQkv + row(example, first) * bytes, (last - first) * bytes);
            if (dense) {
                walkDense(example, first, last, buffer);
            } else {
                walkListed(example, first, last, buffer);
            }
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
            int rows = attended.rows(node);
            for (int j = 0; j < rows; j += heads.chunk) {
                int count = Math.min(heads.chunk, rows - j);
                ChunkStage.runAll(toQuery, example, node, j, count, buffer);
            }
            int askers = start(node + 1) - start(node);
            for (int j = 0; j < askers; j += heads.chunk) {
                int count = Math.min(heads.chunk, askers - j);
                ChunkStage.runAll(toKeyAndValue, example, node, j, count, buffer);
            }
        }
    }

    private int start(int node) {
        return Raw.getInt(transposedPointers + 4L * node);
    }

    /** Rows of a chunk stay in cache while the nodes of the block go by. */
    private void walkDense(int example, int first, int last, long buffer) {
        for (int j = 0; j < attended.nodes(); j += heads.chunk) {
            int count = Math.min(heads.chunk, attended.nodes() - j);
            for (int node = first; node < last; node++) {
                ChunkStage.runAll(toQuery, example, node, j, count, buffer);
                ChunkStage.runAll(toKeyAndValue, example, node, j, count, buffer);
            }
        }
    }

    private void scoreKeys(int example, int node, int first, int count, long buffer) {
        heads.dots(
                attended.query(example, node),
                attended.keys(example, node, first),
                attended.stride(),
                attended.columns(node, first),
                count,
                scale,
                buffer,
                scores(buffer));
    }

    private void scoreValues(int example, int node, int first, int count, long buffer) {
        heads.dots(
                dOut + row(example, node) * channelBytes,
                attended.values(example, node, first),
                attended.stride(),
                attended.columns(node, first),
                count,
                1,
                buffer,
                gradients(buffer));
    }

    private void differentiateAsked(int example, int node, int first, int count, long buffer) {
        long from = asking + 2 * row(example, node) * heads.stateBytes();
        int bytes = Math.toIntExact(heads.stateBytes());
        int vectors = heads.vectors(count) * Lanes.BYTES / bytes;
        for (long at = 0; at < bytes; at += Lanes.BYTES) {
            ScoreLoops.differentiate(
                    scores(buffer) + at,
                    gradients(buffer) + at,
                    bytes,
                    vectors,
                    from + at,
                    from + bytes + at,
                    0,
                    scale);
        }
    }

    /** Weights of padding are not even read. */
    private void addKeys(int example, int node, int first, int count, long buffer) {
        heads.addWeighted(
                gradients(buffer),
                attended.keys(example, node, first),
                attended.stride(),
                attended.columns(node, first),
                Math.min(count, Math.max(0, attended.neighbours(node) - first)),
                dQkv + 3 * row(example, node) * channelBytes);
    }

    /** The nodes that attend to a node, from first on; 0 for all in order. */
    private long columns(int node, int first) {
        return dense ? 0 : transposedColumns + 4L * (start(node) + first);
    }

    /** The row that these columns count from. */
    private long origin(int example, int first) {
        return row(example, dense ? first : 0);
    }

    private void scoreQueries(int example, int node, int first, int count, long buffer) {
        heads.dots(
                attended.query(example, node) + channelBytes,
                attended.query(0, 0) + 3 * origin(example, first) * channelBytes,
                3 * channelBytes,
                columns(node, first),
                count,
                scale,
                buffer,
                scores(buffer));
    }

    private void scoreOuts(int example, int node, int first, int count, long buffer) {
        heads.dots(
                attended.query(example, node) + 2L * channelBytes,
                dOut + origin(example, first) * channelBytes,
                channelBytes,
                columns(node, first),
                count,
                1,
                buffer,
                gradients(buffer));
    }

    private void differentiateAsking(int example, int node, int first, int count, long buffer) {
        long logSumExps = gradients(buffer) + heads.scoreBytes();
        long shared = logSumExps + heads.scoreBytes() + heads.stateBytes();
        long from = asking + 2 * origin(example, first) * heads.stateBytes();
        collect(from, columns(node, first), count, logSumExps, shared);
        ScoreLoops.differentiate(
                scores(buffer),
                gradients(buffer),
                Lanes.BYTES,
                heads.vectors(count),
                logSumExps,
                shared,
                Lanes.BYTES,
                scale);
    }

    private void addQueries(int example, int node, int first, int count, long buffer) {
        heads.addWeighted(
                gradients(buffer),
                attended.query(0, 0) + 3 * origin(example, first) * channelBytes,
                3 * channelBytes,
                columns(node, first),
                count,
                dQkv + (3 * row(example, node) + 1) * channelBytes);
    }

    private void addOuts(int example, int node, int first, int count, long buffer) {
        heads.addWeighted(
                scores(buffer),
                dOut + origin(example, first) * channelBytes,
                channelBytes,
                columns(node, first),
                count,
                dQkv + (3 * row(example, node) + 2) * channelBytes);
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
}
