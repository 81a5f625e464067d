package gsdm.tensor.cpu.vector.attention;

import static gsdm.tensor.cpu.vector.core.Raw.load;
import static gsdm.tensor.cpu.vector.core.Raw.store;

import gsdm.tensor.cpu.vector.core.LaneSums;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.QuadLoops;
import gsdm.tensor.cpu.vector.core.Raw;

import jdk.incubator.vector.FloatVector;

/**
 * The inner loops of attention over short lists of neighbours, for heads that come in fours and are
 * two vectors wide: the eight vectors of four heads stay in registers while the neighbours go by.
 *
 * <p>Scores and weights are [edge, head], the edges of a run of nodes one after the other.
 */
final class QuadHeads {
    /** Heads taken at a time. */
    private static final int HEADS = 4;

    /** Bytes of a number for each of four heads. */
    private static final int QUAD_BYTES = HEADS * Float.BYTES;

    /** Bytes of the channels of four heads. */
    private static final int CHANNEL_BYTES = 2 * HEADS * Lanes.BYTES;

    /** Edges whose inner products are kept lane by lane before they are added up. */
    private static final int EDGES = 64;

    final int heads;

    QuadHeads(int heads) {
        this.heads = heads;
    }

    static boolean fits(int heads, int channels) {
        return heads % HEADS == 0 && channels == heads * 2 * Lanes.COUNT;
    }

    /** Bytes of what {@link #dots} needs besides its result. */
    long partialBytes() {
        return (long) EDGES * heads * Lanes.BYTES;
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
     * scores[e, h] = scale times the inner product of head h of a node's own row and of the row of
     * its neighbour, for all edges of the nodes first to last.
     *
     * @param own node 0's row; rows are {@code ownStride} bytes apart
     * @param others likewise, for neighbours
     * @param pointers int [N + 1]
     * @param columns int [E]
     */
    void dots(
            long own,
            int ownStride,
            long others,
            int otherStride,
            long pointers,
            long columns,
            int first,
            int last,
            float scale,
            long partials,
            long scores) {
        int edge = Raw.getInt(pointers + 4L * first);
        int open = edge; // the first edge that is not added up yet
        long to = scores;
        for (int node = first; node < last; node++) {
            int end = Raw.getInt(pointers + 4L * node + 4);
            long row = own + (long) node * ownStride;
            while (edge < end) {
                int count = Math.min(end - edge, EDGES - (edge - open));
                long at = partials + (long) (edge - open) * heads * Lanes.BYTES;
                products(row, others, otherStride, columns + 4L * edge, count, at);
                edge += count;
                if (edge - open == EDGES) {
                    addLanes(partials, vectors(EDGES), scale, to);
                    to += 4L * EDGES * heads;
                    open = edge;
                }
            }
        }
        addLanes(partials, vectors(edge - open), scale, to);
    }

    private void products(long a, long rows, int stride, long columns, int count, long partials) {
        int step = heads * Lanes.BYTES;
        for (int quad = 0; quad < heads / HEADS; quad++) {
            long channel = (long) quad * CHANNEL_BYTES;
            long to = partials + (long) quad * HEADS * Lanes.BYTES;
            QuadLoops.multiply(a + channel, rows + channel, stride, columns, count, to, step);
        }
    }

    private static void addLanes(long partials, int vectors, float scale, long to) {
        FloatVector factor = FloatVector.broadcast(Lanes.SPECIES, scale);
        for (int v = 0; v < vectors; v++) {
            long at = partials + (long) v * Lanes.COUNT * Lanes.BYTES;
            store(LaneSums.sums(at).mul(factor), to + (long) v * Lanes.BYTES);
        }
    }

    /** The inner products by head of two rows of the same number, for {@code count} rows. */
    void dotsOfRows(long a, long b, int stride, int count, long partials, long sums) {
        for (int row = 0; row < count; row += EDGES) {
            int now = Math.min(EDGES, count - row);
            for (int i = 0; i < now; i++) {
                long at = (long) (row + i) * stride;
                long to = partials + (long) i * heads * Lanes.BYTES;
                for (int h = 0; h < heads; h++) {
                    long head = at + 2L * h * Lanes.BYTES;
                    FloatVector low = load(a + head).mul(load(b + head));
                    head += Lanes.BYTES;
                    store(load(a + head).fma(load(b + head), low), to + (long) h * Lanes.BYTES);
                }
            }
            addLanes(partials, vectors(now), 1, sums + 4L * row * heads);
        }
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
        for (int quad = 0; quad < rowBytes(); quad += QUAD_BYTES) {
            largestOfFour(rows + quad, count, rowBytes(), largest + quad);
            repeatFour(largest + quad, count, rowBytes(), each + quad);
        }
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
     * out[c] = Σ_j weights[j, head of c] · row j [c].
     *
     * @param weights [count, heads]
     * @param columns int [count]: which rows
     */
    void weigh(long weights, long rows, int stride, long columns, int count, long out) {
        for (int quad = 0; quad < heads / HEADS; quad++) {
            long channel = (long) quad * CHANNEL_BYTES;
            QuadLoops.weigh(
                    weights + 4L * HEADS * quad,
                    4 * heads,
                    rows + channel,
                    stride,
                    columns,
                    count,
                    out + channel);
        }
    }
}
