package gsdm.tensor.cpu.vector.attention;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.cpu.vector.blocks.RowBlocks;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Extents;

import java.lang.foreign.MemorySegment;

/**
 * The gradient of {@link SymmetricAttentionKernel}, over a symmetric pattern: each node goes over
 * its neighbours once as the one who asks and once as the one who is asked, so nothing is
 * scattered. Probabilities are computed again from the kept log-sum-exp (Dao et al. 2022).
 *
 * <p>Phase 0 computes Σ dOut·out of each node and head; phase 1 goes over runs of nodes.
 */
public final class SymmetricAttentionGradientKernel implements Kernel {
    private final QuadHeads heads;
    private final NodeRuns runs;
    private final float scale;
    private final int channelBytes;
    private final long qkv; // [B, N, 3C]
    private final long out; // [B, N, C]
    private final long logSumExp; // [B, N, H]
    private final long dOut; // [B, N, C]
    private final long dQkv; // [B, N, 3C]
    private RowBlocks rows = RowBlocks.NONE;
    private long shared; // [B, N, H]: Σ dOut·out
    // Partial products, then four arrays [edge, head]: scores, gradients, and the log-sum-exp and
    // Σ dOut·out of the node that asks; and the node of each edge.
    private final Buffers buffers = new Buffers();
    private final NodeRuns.Stage[] stages = {
        this::list,
        this::scoreKeys,
        this::scoreValues,
        this::collectOwn,
        this::differentiate,
        this::addKeys,
        this::scoreQueries,
        this::scoreOuts,
        this::collectAsking,
        this::differentiate,
        this::addQueriesAndOuts
    };

    public SymmetricAttentionGradientKernel(Attention.Gradient op, Addresses addresses) {
        Attention attention = op.attention();
        heads = new QuadHeads(attention.heads());
        runs = new NodeRuns(attention, addresses);
        scale = attention.scale();
        channelBytes = 4 * attention.out().shape().last().size();
        qkv = addresses.of(attention.qkv());
        out = addresses.of(attention.out());
        logSumExp = addresses.of(attention.logSumExp());
        dOut = addresses.of(op.dOut());
        dQkv = addresses.of(op.dQkv());
    }

    private long sharedBytes() {
        return heads.edgeBytes((long) runs.examples() * runs.nodes());
    }

    private long arrayAt(int array) {
        return heads.partialBytes() + array * heads.edgeBytes(runs.largestRun());
    }

    private long bufferBytes() {
        return arrayAt(4) + runs.listBytes();
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        int blocks = Math.max(rows.count(), runs.blocks());
        return sharedBytes() + Buffers.totalBytes(bufferBytes(), blocks);
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        shared = workspace.address();
        buffers.place(shared + sharedBytes(), bufferBytes());
    }

    private void size(Extents extents) {
        runs.prepare(extents);
        rows = rows.resized(runs.examples(), runs.nodes());
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int blocks(int phase) {
        return phase == 0 ? rows.count() : runs.blocks();
    }

    @Override
    public void run(int phase, int block) {
        long buffer = buffers.take();
        if (phase == 0) {
            share(block, buffer);
        } else {
            runs.run(block, stages, buffer);
        }
        buffers.giveBack(buffer);
    }

    private void share(int block, long buffer) {
        int count = rows.last(block) - rows.first(block);
        long row = (long) rows.example(block) * rows.rows() + rows.first(block);
        long at = row * channelBytes;
        // Whole vectors are written: into the buffer first, not over the neighbouring block's rows.
        long sums = buffer + arrayAt(0);
        long numbers = buffer + arrayAt(4);
        heads.dotsOfRows(dOut + at, out + at, channelBytes, count, numbers, buffer, sums);
        Raw.copy(sums, shared + 4L * heads.heads * row, 4L * heads.heads * count);
    }

    private long queries(int example) {
        return qkv + 3L * channelBytes * runs.nodes() * example;
    }

    private long dOuts(int example) {
        return dOut + (long) channelBytes * runs.nodes() * example;
    }

    private void list(int example, int first, int last, long buffer) {
        runs.list(first, last, buffer + arrayAt(4));
    }

    /** Of each edge, a node's own row and its neighbour's. */
    private void dots(
            long own,
            int ownStride,
            long others,
            int otherStride,
            float factor,
            int first,
            int last,
            long buffer,
            int array) {
        int edge = runs.edge(first);
        heads.dots(
                own,
                ownStride,
                buffer + arrayAt(4),
                others,
                otherStride,
                runs.columns + 4L * edge,
                runs.edge(last) - edge,
                factor,
                buffer,
                buffer + arrayAt(array));
    }

    private void scoreKeys(int example, int first, int last, long buffer) {
        long queries = queries(example);
        int stride = 3 * channelBytes;
        dots(queries, stride, queries + channelBytes, stride, scale, first, last, buffer, 0);
    }

    private void scoreValues(int example, int first, int last, long buffer) {
        long values = queries(example) + 2L * channelBytes;
        dots(dOuts(example), channelBytes, values, 3 * channelBytes, 1, first, last, buffer, 1);
    }

    private void scoreQueries(int example, int first, int last, long buffer) {
        long queries = queries(example);
        int stride = 3 * channelBytes;
        dots(queries + channelBytes, stride, queries, stride, scale, first, last, buffer, 0);
    }

    private void scoreOuts(int example, int first, int last, long buffer) {
        long values = queries(example) + 2L * channelBytes;
        dots(values, 3 * channelBytes, dOuts(example), channelBytes, 1, first, last, buffer, 1);
    }

    /** What belongs to the node that asks, once an edge: the node itself. */
    private void collectOwn(int example, int first, int last, long buffer) {
        long row = (long) example * runs.nodes() + first;
        repeatRows(logSumExp + row * heads.rowBytes(), first, last, buffer + arrayAt(2));
        repeatRows(shared + row * heads.rowBytes(), first, last, buffer + arrayAt(3));
    }

    private void repeatRows(long rows, int first, int last, long to) {
        long row = rows;
        long at = to;
        int edge = runs.edge(first);
        for (int node = first; node < last; node++) {
            int end = runs.edge(node + 1);
            heads.repeat(row, end - edge, at);
            row += heads.rowBytes();
            at += (long) (end - edge) * heads.rowBytes();
            edge = end;
        }
    }

    /** What belongs to the node that asks, once an edge: the neighbour. */
    private void collectAsking(int example, int first, int last, long buffer) {
        long start = (long) example * runs.nodes() * heads.rowBytes();
        int edge = runs.edge(first);
        int count = runs.edge(last) - edge;
        long list = runs.columns + 4L * edge;
        heads.gather(logSumExp + start, list, count, buffer + arrayAt(2));
        heads.gather(shared + start, list, count, buffer + arrayAt(3));
    }

    private void differentiate(int example, int first, int last, long buffer) {
        ScoreLoops.differentiate(
                buffer + arrayAt(0),
                buffer + arrayAt(1),
                Lanes.BYTES,
                heads.vectors(runs.edge(last) - runs.edge(first)),
                buffer + arrayAt(2),
                buffer + arrayAt(3),
                Lanes.BYTES,
                scale);
    }

    private void addKeys(int example, int first, int last, long buffer) {
        long keys = queries(example) + channelBytes;
        weigh(example, first, last, buffer + arrayAt(1), keys, 3 * channelBytes, 0);
    }

    private void addQueriesAndOuts(int example, int first, int last, long buffer) {
        weigh(
                example,
                first,
                last,
                buffer + arrayAt(1),
                queries(example),
                3 * channelBytes,
                channelBytes);
        weigh(
                example,
                first,
                last,
                buffer + arrayAt(0),
                dOuts(example),
                channelBytes,
                2 * channelBytes);
    }

    private void weigh(
            int example, int first, int last, long weights, long others, int stride, int part) {
        long to = dQkv + 3L * channelBytes * ((long) example * runs.nodes() + first) + part;
        long at = weights;
        for (int node = first; node < last; node++) {
            int edge = runs.edge(node);
            int count = runs.edge(node + 1) - edge;
            heads.weigh(at, others, stride, runs.columns + 4L * edge, count, heads.ones(), to);
            at += 4L * heads.heads * count;
            to += 3L * channelBytes;
        }
    }
}
