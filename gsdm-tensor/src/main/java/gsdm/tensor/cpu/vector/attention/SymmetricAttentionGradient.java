package gsdm.tensor.cpu.vector.attention;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.vector.blocks.RowBlocks;
import gsdm.tensor.cpu.vector.blocks.RowSource;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Shape;

/**
 * The gradient of {@link SymmetricAttentionKernel} by queries, keys and values, over a symmetric
 * pattern: each node goes over its neighbours once as the one who asks and once as the one who is
 * asked, so nothing is scattered, and any rows can be computed by themselves. Probabilities are
 * computed again from the kept log-sum-exp (Dao et al. 2022).
 */
public final class SymmetricAttentionGradient implements RowSource {
    private final QuadHeads heads;
    private final NodeRuns runs;
    private final float scale;
    private final int channelBytes;
    private final long qkv; // [B, N, 3C]
    private final long out; // [B, N, C]
    private final long logSumExp; // [B, N, H]
    private final long dOut; // [B, N, C]
    private final Shape shape; // of out
    private int rows; // B·N
    private RowBlocks blocks = RowBlocks.NONE;
    private long shared; // [B, N, H]: Σ dOut·out
    // A buffer has partial products, then four arrays [edge, head]: scores, gradients, and the
    // log-sum-exp and Σ dOut·out of the node that asks; the node of each edge; where row 0 would
    // lie for the rows to be where they are wanted; and such rows.
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

    public SymmetricAttentionGradient(Attention.Gradient op, Addresses addresses) {
        Attention attention = op.attention();
        shape = attention.out().shape();
        int channels = shape.last().size();
        heads = new QuadHeads(attention.heads(), channels);
        runs = new NodeRuns(attention, addresses);
        scale = attention.scale();
        channelBytes = 4 * channels;
        qkv = addresses.of(attention.qkv());
        out = addresses.of(attention.out());
        logSumExp = addresses.of(attention.logSumExp());
        dOut = addresses.of(op.dOut());
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if B·N is more than 32 bits can count
     */
    @Override
    public void size(Extents extents) {
        rows = shape.rows(extents);
        runs.prepare(extents);
        blocks = blocks.resized(runs.examples(), runs.nodes());
    }

    @Override
    public long bytes() {
        return heads.edgeBytes(rows);
    }

    @Override
    public void place(long address) {
        shared = address;
    }

    @Override
    public int blocks() {
        return blocks.count();
    }

    private long arrayAt(int array) {
        return heads.partialBytes() + array * heads.edgeBytes(runs.largestRun());
    }

    private long originAt() {
        return arrayAt(4) + runs.listBytes();
    }

    private long rowsAt() {
        return originAt() + Lanes.BYTES;
    }

    @Override
    public long bufferBytes(int mostRows) {
        return rowsAt() + 3L * channelBytes * mostRows;
    }

    /** Rows of all examples, one after the other. */
    int rows() {
        return rows;
    }

    /** Computes Σ dOut·out of each node and head. */
    @Override
    public void prepare(int block, long buffer) {
        int count = blocks.last(block) - blocks.first(block);
        long row = (long) blocks.example(block) * runs.nodes() + blocks.first(block);
        long at = row * channelBytes;
        // Whole vectors are written: into the buffer first, not over the neighbouring block's rows.
        long sums = buffer + arrayAt(0);
        long numbers = buffer + arrayAt(4);
        heads.dotsOfRows(dOut + at, out + at, channelBytes, count, numbers, buffer, sums);
        Raw.copy(sums, shared + 4L * heads.heads * row, 4L * heads.heads * count);
    }

    @Override
    public long rows(int first, int count, long buffer) {
        long to = buffer + rowsAt();
        write(first, count, buffer, to);
        return to;
    }

    /** Computes {@code count} rows [3C] of any examples from row {@code first} of all on. */
    void write(int first, int count, long buffer, long to) {
        Raw.putLong(buffer + originAt(), to - 3L * channelBytes * first);
        int end = first + count;
        for (int row = first; row < end; ) {
            int example = row / runs.nodes();
            int begin = row - example * runs.nodes();
            int last = Math.min(runs.nodes(), begin + end - row);
            runs.run(example, begin, last, stages, buffer);
            row += last - begin;
        }
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
        weigh(example, first, last, buffer, 1, keys, 3 * channelBytes, 0);
    }

    private void addQueriesAndOuts(int example, int first, int last, long buffer) {
        long queries = queries(example);
        weigh(example, first, last, buffer, 1, queries, 3 * channelBytes, channelBytes);
        weigh(example, first, last, buffer, 0, dOuts(example), channelBytes, 2 * channelBytes);
    }

    private void weigh(
            int example,
            int first,
            int last,
            long buffer,
            int array,
            long others,
            int stride,
            int part) {
        long row = (long) example * runs.nodes() + first;
        long to = Raw.getLong(buffer + originAt()) + 3L * channelBytes * row + part;
        long at = buffer + arrayAt(array);
        for (int node = first; node < last; node++) {
            int edge = runs.edge(node);
            int count = runs.edge(node + 1) - edge;
            heads.weigh(at, others, stride, runs.columns + 4L * edge, count, heads.ones(), to);
            at += 4L * heads.heads * count;
            to += 3L * channelBytes;
        }
    }
}
