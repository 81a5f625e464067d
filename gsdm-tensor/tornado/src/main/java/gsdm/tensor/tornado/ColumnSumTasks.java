package gsdm.tensor.tornado;

import gsdm.tensor.program.Extents;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Sums over rows, in two stages: of chunks of rows, then of those; the second of many sums together
 * ({@link #merge}) where they can wait. A group has a chunk and a few neighbouring columns; its
 * items are lanes of rows by columns, neighbours in memory neighbours.
 */
final class ColumnSumTasks {
    /** Work items of a group. */
    static final int GROUP = 128;

    /** The least rows of a chunk, while there are few chunks. */
    private static final int LENGTH = 128;

    private static final int MOST_CHUNKS = 256;

    /**
     * Sums of each column over a few rows, which are to be put together with others.
     *
     * @param partial the first row
     * @param stride floats from a row to the next
     * @param at where the number of rows is, among the numbers
     * @param columns how many are summed
     * @param out their sums
     */
    record Merge(Lowering.Floats partial, int stride, int at, int columns, Lowering.Floats out) {
        /** Integers that say where it is. */
        private static final int PLACES = 6;
    }

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
     * Numbers: segments, rows of a segment, rows of a chunk, chunks of a segment.
     */
    static void sums(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            int columns,
            FloatArray out) {
        int at = places.get(0);
        int xAt = places.get(1);
        int outAt = places.get(2);
        int across = across(columns);
        int item = context.localIdx;
        int rows = sizes.get(at + 1);
        int length = sizes.get(at + 2);
        int chunks = sizes.get(at + 3);
        int chunk = context.groupIdx / blocks(columns);
        int column = context.groupIdx % blocks(columns) * across + item % across;
        int segment = chunk / chunks;
        boolean own = segment < sizes.get(at) && column < columns;
        int first = chunk % chunks * length;
        int end = Math.min(rows, first + length);
        float sum = 0;
        if (own) {
            for (int row = first + item / across; row < end; row += GROUP / across) {
                sum += x.get(xAt + (segment * rows + row) * columns + column);
            }
        }
        sum = sumOfLanes(context, item, across, sum);
        if (own && item < across) {
            out.set(outAt + chunk * columns + column, sum);
        }
    }

    /**
     * Sums over the few rows of each of several matrices. A group has a few neighbouring columns of
     * one. Places: where the matrix of each group is described, as {@link Merge#PLACES} integers:
     * its number of rows, its first element, floats from a row to the next, columns, its first
     * group, its first result.
     */
    static void merge(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray partials,
            FloatArray out) {
        int matrix = places.get(context.groupIdx);
        int rows = sizes.get(places.get(matrix));
        int from = places.get(matrix + 1);
        int stride = places.get(matrix + 2);
        int columns = places.get(matrix + 3);
        int block = context.groupIdx - places.get(matrix + 4);
        int to = places.get(matrix + 5);
        int across = across(columns);
        int item = context.localIdx;
        int column = block * across + item % across;
        boolean own = column < columns;
        float sum = 0;
        if (own) {
            for (int row = item / across; row < rows; row += GROUP / across) {
                sum += partials.get(from + row * stride + column);
            }
        }
        sum = sumOfLanes(context, item, across, sum);
        if (own && item < across) {
            out.set(to + column, sum);
        }
    }

    /** Puts these together, whose results are in one array, in one launch. */
    static void lower(List<Merge> merges, Lowering to) {
        int groups = merges.stream().mapToInt(merge -> blocks(merge.columns)).sum();
        int[] places = new int[groups + merges.size() * Merge.PLACES];
        int group = 0;
        int at = groups;
        for (Merge merge : merges) {
            int next = group + blocks(merge.columns);
            Arrays.fill(places, group, next, at);
            places[at++] = merge.at;
            places[at++] = merge.partial.at();
            places[at++] = merge.stride;
            places[at++] = merge.columns;
            places[at++] = group;
            places[at++] = merge.out.at();
            group = next;
        }
        Lowering.Floats partials = merges.getFirst().partial;
        Lowering.Floats out = merges.getFirst().out;
        to.launch(
                "merge",
                5,
                _ -> (long) groups * GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ColumnSumTasks::merge,
                                to.context(),
                                to.sizes(),
                                to.places(places),
                                partials.array(),
                                out.array()));
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
        int at = to.numbers(segments, rows, extents -> length(rows.applyAsInt(extents)), chunks);
        launch(
                x,
                columns,
                at,
                extents ->
                        Math.multiplyExact(
                                segments.applyAsInt(extents), chunks.applyAsInt(extents)),
                partial,
                to);
        int mergeAt = to.numbers(segments, chunks, chunks, _ -> 1);
        launch(partial, columns, mergeAt, segments, out, to);
    }

    private static void launch(
            Lowering.Floats x,
            int columns,
            int at,
            ToIntFunction<Extents> chunks,
            Lowering.Floats out,
            Lowering to) {
        to.launch(
                "columnSums",
                6,
                extents -> (long) chunks.applyAsInt(extents) * blocks(columns) * GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ColumnSumTasks::sums,
                                to.context(),
                                to.sizes(),
                                to.places(at, x.at(), out.at()),
                                x.array(),
                                columns,
                                out.array()));
    }
}
