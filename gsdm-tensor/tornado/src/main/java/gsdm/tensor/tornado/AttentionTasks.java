package gsdm.tensor.tornado;

import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.function.ToLongFunction;

/**
 * {@link Attention} and its gradient, without atomics: queries by rows of the pattern, keys and
 * values by rows of its transpose.
 *
 * <p>A group has a row and a few heads, a work item one of their channels. The entries of the row
 * come in chunks. First work items are pairs of an entry and a head and leave a number of each in
 * local memory, then they are channels again and take these numbers up. Padding would add zeros:
 * padded rows are walked without it.
 *
 * <p>Numbers: rows, nodes of an example (at least 1, to divide by), and where pointers and columns
 * start.
 *
 * <p>A task that writes an array which is also a later argument of it waits for itself: what a
 * kernel writes is its last operand, or in another array.
 */
final class AttentionTasks {
    /** Pairs of an entry and a head in a chunk, and channels of a group unless a head has more. */
    private static final int PAIRS = 128;

    /** Work items of a group are a multiple of this. */
    private static final int LANES = 32;

    /** Less than any score. */
    private static final float LEAST = -1e30f;

    private static final int DENSE = 0;
    private static final int LISTED = 1;

    private AttentionTasks() {}

    /** Heads of a group. */
    static int together(int heads, int width) {
        return Math.max(1, Math.min(heads, PAIRS / width));
    }

    /** Groups of a row. */
    static int groups(int heads, int width) {
        return (heads + together(heads, width) - 1) / together(heads, width);
    }

    /** Where the entries of a row begin. */
    static int first(IntArray sizes, int at, IntArray pointers, int listed, int row) {
        int first = 0;
        if (listed == LISTED && row < sizes.get(at)) {
            first = pointers.get(sizes.get(at + 2) + row % sizes.get(at + 1));
        }
        return first;
    }

    /** Where the entries of a row end; a row past the last has none. */
    static int end(IntArray sizes, int at, IntArray pointers, int listed, int row) {
        int end = 0;
        if (row < sizes.get(at)) {
            end = sizes.get(at + 1);
            if (listed == LISTED) {
                end = pointers.get(sizes.get(at + 2) + row % sizes.get(at + 1) + 1);
            }
        }
        return end;
    }

    /** The row of an entry's node in the same example. */
    static int neighbour(IntArray sizes, int at, IntArray columns, int listed, int row, int entry) {
        int node = entry;
        if (listed == LISTED) {
            node = columns.get(sizes.get(at + 3) + entry);
        }
        return row - row % sizes.get(at + 1) + node;
    }

    /** The dot product of a few consecutive elements. */
    static float dot(FloatArray a, int aAt, FloatArray b, int bAt, int width) {
        float sum = 0;
        for (int d = 0; d < width; d++) {
            sum += a.get(aAt + d) * b.get(bAt + d);
        }
        return sum;
    }

    /**
     * out = Σ softmax(scale·q·k)·v, and the log-sum-exp. Sums are rescaled whenever a chunk has a
     * larger score.
     *
     * @param logSumExp not read or written where both results are in one array
     * @param beside 1 if they are
     */
    static void attend(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray qkv,
            IntArray pointers,
            IntArray columns,
            FloatArray logSumExp,
            FloatArray out,
            int heads,
            int width,
            float scale,
            int listed,
            int beside) {
        int at = places.get(0);
        int qkvAt = places.get(1);
        int logSumExpAt = places.get(2);
        int outAt = places.get(3);
        float[] scores = context.allocateFloatLocalArray(PAIRS);
        float[] weights = context.allocateFloatLocalArray(PAIRS);
        float[] before = context.allocateFloatLocalArray(PAIRS); // the largest score of each head
        float[] now = context.allocateFloatLocalArray(PAIRS); // with this chunk
        int together = together(heads, width);
        int channels = heads * width;
        int row = context.groupIdx / groups(heads, width);
        int firstHead = context.groupIdx % groups(heads, width) * together;
        int item = context.localIdx;
        int items = context.localGroupSizeX;
        int first = first(sizes, at, pointers, listed, row);
        int end = end(sizes, at, pointers, listed, row);
        int ownHead = item / width;
        boolean channel = ownHead < together && firstHead + ownHead < heads;
        if (item < together) {
            now[item] = LEAST;
        }
        float largest = LEAST;
        float total = 0;
        float sum = 0;
        for (int chunk = first; chunk < end; chunk += PAIRS / together) {
            int entries = Math.min(PAIRS / together, end - chunk);
            if (item < together) {
                before[item] = now[item];
            }
            for (int pair = item; pair < entries * together; pair += items) {
                int head = firstHead + pair % together;
                if (head < heads) {
                    int entry = chunk + pair / together;
                    int asked = neighbour(sizes, at, columns, listed, row, entry);
                    int query = qkvAt + 3 * row * channels + head * width;
                    int key = qkvAt + 3 * asked * channels + channels + head * width;
                    scores[pair] = scale * dot(qkv, query, qkv, key, width);
                }
            }
            context.localBarrier();
            for (int pair = item; pair < entries * together; pair += items) {
                int head = pair % together;
                if (firstHead + head < heads) {
                    float most = before[head];
                    for (int other = head; other < entries * together; other += together) {
                        most = TornadoMath.max(most, scores[other]);
                    }
                    weights[pair] = TornadoMath.exp(scores[pair] - most);
                    if (pair < together) {
                        now[head] = most;
                    }
                }
            }
            context.localBarrier();
            if (channel) {
                float ofChunk = 0;
                float totalOfChunk = 0;
                for (int i = 0; i < entries; i++) {
                    int asked = neighbour(sizes, at, columns, listed, row, chunk + i);
                    int value = qkvAt + 3 * asked * channels + 2 * channels + firstHead * width;
                    float weight = weights[i * together + ownHead];
                    ofChunk += weight * qkv.get(value + item);
                    totalOfChunk += weight;
                }
                float shrink = TornadoMath.exp(largest - now[ownHead]);
                largest = now[ownHead];
                sum = sum * shrink + ofChunk;
                total = total * shrink + totalOfChunk;
            }
        }
        if (channel && row < sizes.get(at)) {
            int to = outAt + row * channels + firstHead * width + item;
            int toLog = logSumExpAt + row * heads + firstHead + ownHead;
            float mean = 0;
            float log = Float.NEGATIVE_INFINITY;
            if (first < end) {
                mean = sum / total;
                log = largest + TornadoMath.log(total);
            }
            out.set(to, mean);
            if (item % width == 0) {
                if (beside == 1) {
                    out.set(toLog, log);
                } else {
                    logSumExp.set(toLog, log);
                }
            }
        }
    }

    /**
     * dSoftmax = dOut·out, the part of a score's gradient that all neighbours of a node share. A
     * work item is a head of a row.
     */
    static void shared(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray out,
            FloatArray dOut,
            FloatArray dSoftmax,
            int heads,
            int width) {
        int at = places.get(0);
        int outAt = places.get(1);
        int dOutAt = places.get(2);
        int dSoftmaxAt = places.get(3);
        int i = context.globalIdx;
        if (i < sizes.get(at) * heads) {
            float dot = dot(out, outAt + i * width, dOut, dOutAt + i * width, width);
            dSoftmax.set(dSoftmaxAt + i, dot);
        }
    }

    /** The gradient by queries: each row walks its neighbours. */
    static void queries(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray qkv,
            IntArray pointers,
            IntArray columns,
            FloatArray logSumExp,
            FloatArray dSoftmax,
            FloatArray dOut,
            FloatArray dQkv,
            int heads,
            int width,
            float scale,
            int listed) {
        int at = places.get(0);
        int qkvAt = places.get(1);
        int logSumExpAt = places.get(2);
        int dSoftmaxAt = places.get(3);
        int dOutAt = places.get(4);
        int dQkvAt = places.get(5);
        float[] dDots = context.allocateFloatLocalArray(PAIRS); // by the products of query and key
        int together = together(heads, width);
        int channels = heads * width;
        int row = context.groupIdx / groups(heads, width);
        int firstHead = context.groupIdx % groups(heads, width) * together;
        int item = context.localIdx;
        int items = context.localGroupSizeX;
        int first = first(sizes, at, pointers, listed, row);
        int end = end(sizes, at, pointers, listed, row);
        int ownHead = item / width;
        boolean channel = ownHead < together && firstHead + ownHead < heads;
        float sum = 0;
        for (int chunk = first; chunk < end; chunk += PAIRS / together) {
            int entries = Math.min(PAIRS / together, end - chunk);
            for (int pair = item; pair < entries * together; pair += items) {
                int head = firstHead + pair % together;
                if (head < heads) {
                    int entry = chunk + pair / together;
                    int asked = neighbour(sizes, at, columns, listed, row, entry);
                    int query = qkvAt + 3 * row * channels + head * width;
                    int key = qkvAt + 3 * asked * channels + channels + head * width;
                    int to = dOutAt + row * channels + head * width;
                    float score = scale * dot(qkv, query, qkv, key, width);
                    float dProbability = dot(dOut, to, qkv, key + channels, width);
                    int own = row * heads + head;
                    float probability = TornadoMath.exp(score - logSumExp.get(logSumExpAt + own));
                    float dScore = dProbability - dSoftmax.get(dSoftmaxAt + own);
                    dDots[pair] = scale * probability * dScore;
                }
            }
            context.localBarrier();
            if (channel) {
                float ofChunk = 0;
                for (int i = 0; i < entries; i++) {
                    int asked = neighbour(sizes, at, columns, listed, row, chunk + i);
                    int key = qkvAt + 3 * asked * channels + channels + firstHead * width;
                    ofChunk += dDots[i * together + ownHead] * qkv.get(key + item);
                }
                sum += ofChunk;
            }
            context.localBarrier();
        }
        if (channel && row < sizes.get(at)) {
            dQkv.set(dQkvAt + 3 * row * channels + firstHead * width + item, sum);
        }
    }

    /**
     * The gradient by keys and values: each row walks those that attend to it. Pointers and columns
     * are the transposed pattern's.
     */
    static void keys(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray qkv,
            IntArray pointers,
            IntArray columns,
            FloatArray logSumExp,
            FloatArray dSoftmax,
            FloatArray dOut,
            FloatArray dQkv,
            int heads,
            int width,
            float scale,
            int listed) {
        int at = places.get(0);
        int qkvAt = places.get(1);
        int logSumExpAt = places.get(2);
        int dSoftmaxAt = places.get(3);
        int dOutAt = places.get(4);
        int dQkvAt = places.get(5);
        float[] dDots = context.allocateFloatLocalArray(PAIRS); // by the products of query and key
        float[] probabilities = context.allocateFloatLocalArray(PAIRS);
        int together = together(heads, width);
        int channels = heads * width;
        int row = context.groupIdx / groups(heads, width);
        int firstHead = context.groupIdx % groups(heads, width) * together;
        int item = context.localIdx;
        int items = context.localGroupSizeX;
        int first = first(sizes, at, pointers, listed, row);
        int end = end(sizes, at, pointers, listed, row);
        int ownHead = item / width;
        boolean channel = ownHead < together && firstHead + ownHead < heads;
        float dKey = 0;
        float dValue = 0;
        for (int chunk = first; chunk < end; chunk += PAIRS / together) {
            int entries = Math.min(PAIRS / together, end - chunk);
            for (int pair = item; pair < entries * together; pair += items) {
                int head = firstHead + pair % together;
                if (head < heads) {
                    int entry = chunk + pair / together;
                    int asking = neighbour(sizes, at, columns, listed, row, entry);
                    int query = qkvAt + 3 * asking * channels + head * width;
                    int key = qkvAt + 3 * row * channels + channels + head * width;
                    int to = dOutAt + asking * channels + head * width;
                    float score = scale * dot(qkv, query, qkv, key, width);
                    float dProbability = dot(dOut, to, qkv, key + channels, width);
                    int its = asking * heads + head;
                    float probability = TornadoMath.exp(score - logSumExp.get(logSumExpAt + its));
                    float dScore = dProbability - dSoftmax.get(dSoftmaxAt + its);
                    probabilities[pair] = probability;
                    dDots[pair] = scale * probability * dScore;
                }
            }
            context.localBarrier();
            if (channel) {
                float dKeyOfChunk = 0;
                float dValueOfChunk = 0;
                for (int i = 0; i < entries; i++) {
                    int asking = neighbour(sizes, at, columns, listed, row, chunk + i);
                    int own = firstHead * width + item;
                    int pair = i * together + ownHead;
                    float query = qkv.get(qkvAt + 3 * asking * channels + own);
                    dKeyOfChunk += dDots[pair] * query;
                    float dOfOut = dOut.get(dOutAt + asking * channels + own);
                    dValueOfChunk += probabilities[pair] * dOfOut;
                }
                dKey += dKeyOfChunk;
                dValue += dValueOfChunk;
            }
            context.localBarrier();
        }
        if (channel && row < sizes.get(at)) {
            int to = dQkvAt + 3 * row * channels + firstHead * width + item;
            dQkv.set(to + channels, dKey);
            dQkv.set(to + 2 * channels, dValue);
        }
    }

    /** The sizes of an op, and the grid of the kernels that walk its rows. */
    private record Grid(Attention op, int heads, int width) {
        static Grid of(Attention op) {
            return new Grid(op, op.heads(), op.out().shape().last().size() / op.heads());
        }

        int listed() {
            return op.neighbours() == Attention.Neighbours.DENSE ? DENSE : LISTED;
        }

        int group() {
            return Math.ceilDiv(together(heads, width) * width, LANES) * LANES;
        }

        ToLongFunction<Extents> items() {
            long ofRow = (long) groups(heads, width) * group();
            return extents -> op.out().shape().rows(extents) * ofRow;
        }

        /** Dense attention reads no list. */
        Lowering.Ints ints(Slot slot, Lowering to) {
            return listed() == LISTED ? to.ints(slot) : new Lowering.Ints(to.sizes(), 0);
        }

        @SuppressWarnings("unchecked")
        int numbers(Lowering.Ints pointers, Lowering.Ints columns, Lowering to) {
            return to.numbers(
                    Lowering.rows(op.out()),
                    extents -> Math.max(1, extents.of(op.out().shape().dims().get(1))),
                    _ -> pointers.at(),
                    _ -> columns.at());
        }
    }

    static void lower(Attention op, Lowering to) {
        Grid grid = Grid.of(op);
        Lowering.Floats qkv = to.floats(op.qkv());
        Lowering.Floats out = to.floats(op.out());
        Lowering.Floats logSumExp = to.floats(op.logSumExp());
        // an array that a kernel writes may be an argument only once
        boolean beside = out.array() == logSumExp.array();
        Lowering.Floats logs = beside ? to.floats(Slot.NONE) : logSumExp;
        Lowering.Ints pointers = grid.ints(op.pattern().pointers(), to);
        Lowering.Ints columns = grid.ints(op.pattern().columns(), to);
        int at = grid.numbers(pointers, columns, to);
        to.launch(
                "attend",
                13,
                grid.items(),
                grid.group(),
                (graph, id) ->
                        graph.task(
                                id,
                                AttentionTasks::attend,
                                to.context(),
                                to.sizes(),
                                to.places(at, qkv.at(), logSumExp.at(), out.at()),
                                qkv.array(),
                                pointers.array(),
                                columns.array(),
                                logs.array(),
                                out.array(),
                                grid.heads(),
                                grid.width(),
                                op.scale(),
                                grid.listed(),
                                beside ? 1 : 0));
    }

    static void lower(Attention.Gradient op, Lowering to) {
        Attention attention = op.attention();
        Grid grid = Grid.of(attention);
        Lowering.Floats qkv = to.floats(attention.qkv());
        Lowering.Floats out = to.floats(attention.out());
        Lowering.Floats logSumExp = to.floats(attention.logSumExp());
        Lowering.Floats dOut = to.floats(op.dOut());
        Lowering.Floats dQkv = to.floats(op.dQkv());
        Lowering.Floats dSoftmax = to.workspace(Lowering.elements(attention.logSumExp()));
        Attention.Pattern pattern = attention.pattern();
        Lowering.Ints pointers = grid.ints(pattern.pointers(), to);
        Lowering.Ints columns = grid.ints(pattern.columns(), to);
        int at = grid.numbers(pointers, columns, to);
        to.launch(
                "sharedByNeighbours",
                8,
                Lowering.elements(attention.logSumExp()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                AttentionTasks::shared,
                                to.context(),
                                to.sizes(),
                                to.places(at, out.at(), dOut.at(), dSoftmax.at()),
                                out.array(),
                                dOut.array(),
                                dSoftmax.array(),
                                grid.heads(),
                                grid.width()));
        to.launch(
                "gradientByQueries",
                14,
                grid.items(),
                grid.group(),
                (graph, id) ->
                        graph.task(
                                id,
                                AttentionTasks::queries,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        at,
                                        qkv.at(),
                                        logSumExp.at(),
                                        dSoftmax.at(),
                                        dOut.at(),
                                        dQkv.at()),
                                qkv.array(),
                                pointers.array(),
                                columns.array(),
                                logSumExp.array(),
                                dSoftmax.array(),
                                dOut.array(),
                                dQkv.array(),
                                grid.heads(),
                                grid.width(),
                                attention.scale(),
                                grid.listed()));
        Lowering.Ints askers = grid.ints(pattern.transposedPointers(), to);
        Lowering.Ints asking = grid.ints(pattern.transposedColumns(), to);
        int transposed = grid.numbers(askers, asking, to);
        to.launch(
                "gradientByKeys",
                14,
                grid.items(),
                grid.group(),
                (graph, id) ->
                        graph.task(
                                id,
                                AttentionTasks::keys,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        transposed,
                                        qkv.at(),
                                        logSumExp.at(),
                                        dSoftmax.at(),
                                        dOut.at(),
                                        dQkv.at()),
                                qkv.array(),
                                askers.array(),
                                asking.array(),
                                logSumExp.array(),
                                dSoftmax.array(),
                                dOut.array(),
                                dQkv.array(),
                                grid.heads(),
                                grid.width(),
                                attention.scale(),
                                grid.listed()));
    }
}
