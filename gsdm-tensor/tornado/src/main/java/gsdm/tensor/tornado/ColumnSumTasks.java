package gsdm.tensor.tornado;

import gsdm.tensor.program.Extents;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.function.ToIntFunction;

/**
 * Sums over rows, in two stages: of chunks of rows, then of those. A group has a chunk and a few
 * neighbouring columns; its items are lanes of rows by columns, neighbours in memory neighbours.
 */
final class ColumnSumTasks {
    /** Work items of a group. */
    static final int GROUP = 128;

    /** The least rows of a chunk, while there are few chunks. */
    private static final int LENGTH = 128;

    private static final int MOST_CHUNKS = 256;

    private ColumnSumTasks() {}

    /** Rows of a chunk. */
    static int length(int rows) {
        return Math.max(LENGTH, Math.ceilDiv(rows, MOST_CHUNKS));
    }

    /** Chunks of so many rows, at least one. */
    static int chunks(int rows) {
        return Math.max(1, Math.ceilDiv(rows, length(rows)));
    }

    /** What neither so many rows nor fewer have more chunks than. */
    static int mostChunks(int rows) {
        return Math.clamp(Math.ceilDiv(rows, LENGTH), 1, MOST_CHUNKS);
    }

    /** Columns of a group: a power of two. */
    static int across(int columns) {
        int few = columns > 2 ? 4 : columns > 1 ? 2 : 1;
        return columns > 16 ? 32 : columns > 8 ? 16 : columns > 4 ? 8 : few;
    }

    /** Groups that a chunk takes. */
    static int blocks(int columns) {
        return (columns + across(columns) - 1) / across(columns);
    }

    /**
     * The sum of what work items hold whose places are alike modulo {@code across}; every item of a
     * group calls this, and not in a loop, where no local memory can be declared. An array of a
     * caller would be addressed as if it were a Java array.
     *
     * @param place of the item, each its own
     * @param across a power of two
     */
    static float sumOfLanes(KernelContext context, int place, int across, float own) {
        float[] sums = context.allocateFloatLocalArray(GROUP);
        sums[place] = own;
        for (int half = GROUP / 2; half >= across; half = half / 2) {
            context.localBarrier();
            if (place < half) {
                sums[place] += sums[place + half];
            }
        }
        context.localBarrier();
        return sums[place % across];
    }

    /**
     * Sums of each column over the chunks of each segment, which has as many rows as any other.
     * Numbers: segments, rows of a segment, rows of a chunk, chunks of a segment, columns of the
     * first result; those after it are put elsewhere.
     *
     * @param stride entries from a row of x to the next
     */
    static void sums(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            int stride,
            int columns,
            FloatArray out) {
        int at = places.get(0);
        int xAt = places.get(1);
        int outAt = places.get(2);
        int secondAt = places.get(3);
        int across = across(columns);
        int item = context.localIdx;
        int rows = sizes.get(at + 1);
        int length = sizes.get(at + 2);
        int chunks = sizes.get(at + 3);
        int split = sizes.get(at + 4);
        int chunk = context.groupIdx / blocks(columns);
        int column = context.groupIdx % blocks(columns) * across + item % across;
        int segment = chunk / chunks;
        boolean own = segment < sizes.get(at) && column < columns;
        int first = chunk % chunks * length;
        int end = Math.min(rows, first + length);
        float sum = 0;
        if (own) {
            for (int row = first + item / across; row < end; row += GROUP / across) {
                sum += x.get(xAt + (segment * rows + row) * stride + column);
            }
        }
        sum = sumOfLanes(context, item, across, sum);
        if (own && item < across) {
            if (column < split) {
                out.set(outAt + chunk * split + column, sum);
            } else {
                out.set(secondAt + chunk * (columns - split) + column - split, sum);
            }
        }
    }

    /** out[c] = Σ_r x[r, c]. */
    static void lower(
            Lowering.Floats x,
            int columns,
            ToIntFunction<Extents> rows,
            Lowering.Floats out,
            Lowering to) {
        lower(x, columns, _ -> 1, rows, out, to);
    }

    /** out[s, c] = Σ_r x[s, r, c]: of each segment by itself. */
    @SuppressWarnings("unchecked")
    static void lower(
            Lowering.Floats x,
            int columns,
            ToIntFunction<Extents> segments,
            ToIntFunction<Extents> rows,
            Lowering.Floats out,
            Lowering to) {
        ToIntFunction<Extents> chunks = extents -> chunks(rows.applyAsInt(extents));
        Lowering.Floats partial =
                to.workspace(extents ->
                        (long) segments.applyAsInt(extents)
                                * mostChunks(rows.applyAsInt(extents))
                                * columns);
        int at =
                to.numbers(
                        segments,
                        rows,
                        extents -> length(rows.applyAsInt(extents)),
                        chunks,
                        _ -> columns);
        launch(
                x,
                columns,
                columns,
                at,
                extents ->
                        Math.multiplyExact(
                                segments.applyAsInt(extents), chunks.applyAsInt(extents)),
                partial,
                0,
                to);
        merge(partial, columns, segments, chunks, out, to);
    }

    /** The same of few rows, in one stage. */
    @SuppressWarnings("unchecked")
    static void merge(
            Lowering.Floats x,
            int columns,
            ToIntFunction<Extents> segments,
            ToIntFunction<Extents> rows,
            Lowering.Floats out,
            Lowering to) {
        int at = to.numbers(segments, rows, rows, _ -> 1, _ -> columns);
        launch(x, columns, columns, at, segments, out, 0, to);
    }

    /**
     * Sums over few rows of two matrices side by side. A single launch if both results are in one
     * array.
     */
    @SuppressWarnings("unchecked")
    static void merge(
            Lowering.Floats x,
            ToIntFunction<Extents> rows,
            int columns,
            Lowering.Floats out,
            int secondColumns,
            Lowering.Floats second,
            Lowering to) {
        int at = to.numbers(_ -> 1, rows, rows, _ -> 1, _ -> columns);
        int restAt = to.numbers(_ -> 1, rows, rows, _ -> 1, _ -> secondColumns);
        int stride = columns + secondColumns;
        if (out.array() == second.array()) {
            launch(x, stride, stride, at, _ -> 1, out, second.at(), to);
        } else {
            Lowering.Floats rest = new Lowering.Floats(x.array(), x.at() + columns);
            launch(x, stride, columns, at, _ -> 1, out, 0, to);
            launch(rest, stride, secondColumns, restAt, _ -> 1, second, 0, to);
        }
    }

    private static void launch(
            Lowering.Floats x,
            int stride,
            int columns,
            int at,
            ToIntFunction<Extents> chunks,
            Lowering.Floats out,
            int secondAt,
            Lowering to) {
        to.launch(
                "columnSums",
                7,
                extents -> (long) chunks.applyAsInt(extents) * blocks(columns) * GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ColumnSumTasks::sums,
                                to.context(),
                                to.sizes(),
                                to.places(at, x.at(), out.at(), secondAt),
                                x.array(),
                                stride,
                                columns,
                                out.array()));
    }
}
