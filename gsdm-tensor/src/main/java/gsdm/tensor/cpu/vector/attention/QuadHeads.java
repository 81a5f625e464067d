package gsdm.tensor.cpu.vector.attention;

import static gsdm.tensor.cpu.vector.core.Raw.load;
import static gsdm.tensor.cpu.vector.core.Raw.store;

import gsdm.tensor.cpu.vector.core.LaneSums;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.QuadLoops;
import gsdm.tensor.cpu.vector.core.Raw;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The inner loops of attention over short lists of neighbours, for heads that come in fours and are
 * one or two vectors wide: the vectors of four heads stay in registers while the neighbours go by.
 *
 * <p>Scores and weights are [edge, head], the edges of a run of nodes one after the other.
 */
final class QuadHeads {
    /** Heads taken at a time. */
    private static final int HEADS = 4;

    /** Bytes of a number for each of four heads. */
    private static final int QUAD_BYTES = HEADS * Float.BYTES;

    /** Edges whose inner products are kept before the last of their lanes are added up. */
    private static final int EDGES = 64;

    final int heads;
    private final boolean narrow; // one vector wide
    private final int quadBytes; // of the channels of four heads
    private final MemorySegment ones; // [heads]

    QuadHeads(int heads, int channels) {
        this.heads = heads;
        this.narrow = channels == heads * Lanes.COUNT;
        this.quadBytes = HEADS * Float.BYTES * channels / heads;
        this.ones = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, heads);
        for (int h = 0; h < heads; h++) {
            ones.setAtIndex(ValueLayout.JAVA_FLOAT, h, 1);
        }
    }

    /** Factors of {@link #weigh} that change nothing. */
    long ones() {
        return ones.address();
    }

    static boolean fits(int heads, int channels) {
        return heads % HEADS == 0
                && (Lanes.COUNT == HEADS || Lanes.COUNT == 2 * HEADS)
                && (channels == heads * Lanes.COUNT || channels == heads * 2 * Lanes.COUNT);
    }

    /** Bytes of what {@link #dots} needs besides its result. */
    long partialBytes() {
        return (long) (EDGES * heads / HEADS + 1) * Lanes.BYTES;
    }

    /** Bytes of an [edge, head] array, with a vector to spare. */
    long edgeBytes(long edges) {
        return Math.ceilDiv(4 * edges * heads, 64) * 64 + 64;
    }

    /** Vectors that [edge, head] numbers fill. */
    int vectors(int edges) {
        return Math.ceilDiv(edges * heads, Lanes.COUNT);
    }

    /**
     * scores[e, h] = scale times the inner product of head h of two rows.
     *
     * @param a row 0 of the ones; rows are {@code aStride} bytes apart
     * @param aRows int [count]: which of them
     * @param b row 0 of the others
     * @param bRows int [count]: which of those
     */
    void dots(
            long a,
            int aStride,
            long aRows,
            long b,
            int bStride,
            long bRows,
            int count,
            float scale,
            long partials,
            long scores) {
        int step = heads / HEADS * Lanes.BYTES;
        for (int first = 0; first < count; first += EDGES) {
            int now = Math.min(EDGES, count - first);
            for (int quad = 0; quad < heads / HEADS; quad++) {
                long channel = (long) quad * quadBytes;
                long x = a + channel;
                long y = b + channel;
                long xRows = aRows + 4L * first;
                long yRows = bRows + 4L * first;
                long to = partials + (long) quad * Lanes.BYTES;
                if (narrow) {
                    QuadLoops.productsOfOne(x, aStride, xRows, y, bStride, yRows, now, to, step);
                } else {
                    QuadLoops.productsOfTwo(x, aStride, xRows, y, bStride, yRows, now, to, step);
                }
            }
            addLanes(partials, vectors(now), scale, scores + 4L * first * heads);
        }
    }

    /** The last additions of the lanes of {@link QuadLoops#productsOfTwo} and its like. */
    private static void addLanes(long partials, int vectors, float scale, long to) {
        FloatVector factor = FloatVector.broadcast(Lanes.SPECIES, scale);
        long from = Raw.base(partials);
        long base = Raw.base(to);
        for (int v = 0; v < vectors; v++) {
            long at = (long) Raw.index(v) * Lanes.BYTES;
            FloatVector sums =
                    Lanes.COUNT == HEADS
                            ? load(from + at)
                            : LaneSums.sumsOfHalves(from + 2 * at, from + 2 * at + Lanes.BYTES);
            store(sums.mul(factor), base + at);
        }
    }

    /**
     * The inner products by head of two rows of the same number, for {@code count} rows.
     *
     * @param numbers int [count], worked in
     */
    void dotsOfRows(long a, long b, int stride, int count, long numbers, long partials, long sums) {
        for (int row = 0; row < count; row++) {
            Raw.putInt(numbers + 4L * row, row);
        }
        dots(a, stride, numbers, b, stride, numbers, count, 1, partials, sums);
    }

    /** Bytes of a number for each head. */
    int rowBytes() {
        return heads * Float.BYTES;
    }

    /**
     * The largest number of each head in {@code count} rows [count, heads]: once to {@code largest}
     * and once a row to {@code each}; minus infinity without rows.
     */
    void largest(long rows, int count, long each, long largest) {
        if (count > 1 && 2 * heads == Lanes.COUNT) {
            largestOfPairs(rows, count, each, largest);
            return;
        }
        for (int quad = 0; quad < rowBytes(); quad += QUAD_BYTES) {
            largestOfFour(rows + quad, count, rowBytes(), largest + quad);
            repeatFour(largest + quad, count, rowBytes(), each + quad);
        }
    }

    /**
     * The same of rows that are half a vector: two at a time, and the last two once more. What is
     * written beyond {@code largest} belongs to the next node, or to nobody.
     */
    private static void largestOfPairs(long rows, int count, long each, long largest) {
        long base = Raw.base(rows);
        long out = Raw.base(each);
        long last = (count - 2L) * QUAD_BYTES;
        FloatVector most = load(base + last);
        for (int i = 0; i < count / 2; i++) {
            most = most.max(load(base + (long) Raw.index(i) * Lanes.BYTES));
        }
        most = LaneSums.maxPeriods(most, HEADS);
        for (int i = 0; i < count / 2; i++) {
            store(most, out + (long) Raw.index(i) * Lanes.BYTES);
        }
        store(most, out + last);
        store(most, largest);
    }

    // Four floats, not a vector of them: vectors of two widths in one process mix the profiles that
    // the compiler keeps of the Vector API, and now and then sums of the wide ones end on the heap.
    private static void largestOfFour(long rows, int count, int rowBytes, long to) {
        long base = Raw.base(rows);
        long step = Raw.stride(rowBytes);
        float m0 = Float.NEGATIVE_INFINITY;
        float m1 = m0;
        float m2 = m0;
        float m3 = m0;
        for (int j = 0; j < count; j++) {
            long at = base + Raw.index(j) * step;
            m0 = Math.max(m0, Raw.get(at));
            m1 = Math.max(m1, Raw.get(at + 4));
            m2 = Math.max(m2, Raw.get(at + 8));
            m3 = Math.max(m3, Raw.get(at + 12));
        }
        putFour(to, m0, m1, m2, m3);
    }

    private static void putFour(long to, float v0, float v1, float v2, float v3) {
        Raw.put(to, v0);
        Raw.put(to + 4, v1);
        Raw.put(to + 8, v2);
        Raw.put(to + 12, v3);
    }

    /** sums[h] = the sum over {@code count} rows [count, heads], row after row. */
    void sums(long rows, int count, long sums) {
        for (int quad = 0; quad < rowBytes(); quad += QUAD_BYTES) {
            sumFour(rows + quad, count, rowBytes(), sums + quad);
        }
    }

    private static void sumFour(long rows, int count, int rowBytes, long to) {
        long base = Raw.base(rows);
        long step = Raw.stride(rowBytes);
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        for (int j = 0; j < count; j++) {
            long at = base + Raw.index(j) * step;
            s0 += Raw.get(at);
            s1 += Raw.get(at + 4);
            s2 += Raw.get(at + 8);
            s3 += Raw.get(at + 12);
        }
        putFour(to, s0, s1, s2, s3);
    }

    /** Copies one row to {@code count} rows [count, heads]. */
    void repeat(long row, int count, long rows) {
        for (int quad = 0; quad < rowBytes(); quad += QUAD_BYTES) {
            repeatFour(row + quad, count, rowBytes(), rows + quad);
        }
    }

    private static void repeatFour(long from, int count, int rowBytes, long to) {
        long base = Raw.base(to);
        long step = Raw.stride(rowBytes);
        long low = Raw.getLong(from);
        long high = Raw.getLong(from + 8);
        for (int j = 0; j < count; j++) {
            long at = base + Raw.index(j) * step;
            Raw.putLong(at, low);
            Raw.putLong(at + 8, high);
        }
    }

    /**
     * Copies rows [N, heads] to one place an edge.
     *
     * @param columns int [count]: which rows
     */
    void gather(long rows, long columns, int count, long to) {
        for (int quad = 0; quad < rowBytes(); quad += QUAD_BYTES) {
            gatherFour(rows + quad, columns, count, rowBytes(), to + quad);
        }
    }

    private static void gatherFour(long rows, long columns, int count, int rowBytes, long to) {
        long from = Raw.base(rows);
        long list = Raw.base(columns);
        long base = Raw.base(to);
        long step = Raw.stride(rowBytes);
        for (int j = 0; j < count; j++) {
            int row = Raw.index(Raw.getInt(list + 4L * Raw.index(j)));
            long at = base + Raw.index(j) * step;
            Raw.putLong(at, Raw.getLong(from + row * step));
            Raw.putLong(at + 8, Raw.getLong(from + row * step + 8));
        }
    }

    /**
     * out[c] = factor[head of c] · Σ_j weights[j, head of c] · row j [c].
     *
     * @param weights [count, heads]
     * @param columns int [count]: which rows
     * @param factors [heads]
     */
    void weigh(
            long weights, long rows, int stride, long columns, int count, long factors, long out) {
        for (int quad = 0; quad < heads / HEADS; quad++) {
            long channel = (long) quad * quadBytes;
            long weight = weights + (long) quad * QUAD_BYTES;
            long from = rows + channel;
            long factor = factors + (long) quad * QUAD_BYTES;
            long to = out + channel;
            if (narrow) {
                QuadLoops.weighOne(weight, rowBytes(), from, stride, columns, count, factor, to);
            } else {
                QuadLoops.weighTwo(weight, rowBytes(), from, stride, columns, count, factor, to);
            }
        }
    }
}
