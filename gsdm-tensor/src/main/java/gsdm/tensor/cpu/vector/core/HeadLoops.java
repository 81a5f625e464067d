package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.ALL;
import static gsdm.tensor.cpu.vector.core.Raw.FLOAT;
import static gsdm.tensor.cpu.vector.core.Raw.ORDER;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;

/**
 * The loops of attention by heads of any number and width. Rows are {@code stride} bytes apart, and
 * {@code columns}, int [count], says which they are; 0 stands for all in order.
 */
public final class HeadLoops {
    private HeadLoops() {}

    private static int entry(long columns, int j) {
        return columns == 0 ? j : Raw.getInt(columns + 4L * j);
    }

    /**
     * The inner products of {@code a} with rows, by head, but for the additions of their lanes:
     * vector h of row j has those of head h. Channels that fill no vector are added to the first
     * lanes.
     *
     * @param width channels of a head
     * @param to vectors of row after row, each row's {@code slots} after the one before
     */
    public static void products(
            long a,
            long rows,
            int stride,
            long columns,
            int count,
            int heads,
            int width,
            int slots,
            long to) {
        long base = Raw.base(rows);
        long step = Raw.stride(stride);
        for (int j = 0; j < count; j++) {
            long row = base + (long) Raw.index(entry(columns, j)) * step;
            long at = to + (long) j * slots * Lanes.BYTES;
            if (width == 2 * Lanes.COUNT) {
                productsOfTwo(a, row, heads, at);
            } else {
                productsOfAny(a, row, heads, width, at);
            }
            Raw.clear(at + (long) heads * Lanes.BYTES, (long) (slots - heads) * Lanes.BYTES);
        }
    }

    private static void productsOfTwo(long a, long b, int heads, long to) {
        long left = Raw.base(a);
        long right = Raw.base(b);
        for (int h = 0; h < heads; h++) {
            long at = Raw.index(h) * (2L * Lanes.BYTES);
            FloatVector low =
                    fromMemorySegment(SPECIES, ALL, left + at, ORDER)
                            .mul(fromMemorySegment(SPECIES, ALL, right + at, ORDER));
            long high = at + Lanes.BYTES;
            fromMemorySegment(SPECIES, ALL, left + high, ORDER)
                    .fma(fromMemorySegment(SPECIES, ALL, right + high, ORDER), low)
                    .intoMemorySegment(ALL, to + (long) h * Lanes.BYTES, ORDER);
        }
    }

    private static void productsOfAny(long a, long b, int heads, int width, long to) {
        int whole = Lanes.whole(width);
        for (int h = 0; h < heads; h++) {
            long at = 4L * h * width;
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int c = 0; c < whole; c += Lanes.COUNT) {
                sum =
                        fromMemorySegment(SPECIES, ALL, a + at + 4L * c, ORDER)
                                .fma(fromMemorySegment(SPECIES, ALL, b + at + 4L * c, ORDER), sum);
            }
            long vector = to + (long) h * Lanes.BYTES;
            sum.intoMemorySegment(ALL, vector, ORDER);
            for (int c = whole; c < width; c++) {
                long lane = vector + 4L * (c - whole);
                float product = Raw.get(a + at + 4L * c) * Raw.get(b + at + 4L * c);
                Raw.put(lane, Raw.get(lane) + product);
            }
        }
    }

    /**
     * Adds rows to four vectors, the first two with a weight of their own, the last two with
     * another.
     *
     * @param weights0 of row 0; the next row's is {@code weightStride} bytes on
     * @param weights2 those of the last two
     */
    public static void addTwoPairs(
            long weights0,
            long weights2,
            int weightStride,
            long rows,
            int stride,
            long columns,
            int count,
            long out) {
        long base = Raw.base(rows);
        long step = Raw.stride(stride);
        long first = Raw.base(weights0);
        long second = Raw.base(weights2);
        long weightStep = Raw.stride(weightStride);
        FloatVector sum0 = fromMemorySegment(SPECIES, ALL, out, ORDER);
        FloatVector sum1 = fromMemorySegment(SPECIES, ALL, out + Lanes.BYTES, ORDER);
        FloatVector sum2 = fromMemorySegment(SPECIES, ALL, out + 2L * Lanes.BYTES, ORDER);
        FloatVector sum3 = fromMemorySegment(SPECIES, ALL, out + 3L * Lanes.BYTES, ORDER);
        for (int j = 0; j < count; j++) {
            long row = base + (long) Raw.index(entry(columns, j)) * step;
            long weight = Raw.index(j) * weightStep;
            FloatVector w = broadcast(SPECIES, ALL.get(FLOAT, first + weight));
            sum0 = fromMemorySegment(SPECIES, ALL, row, ORDER).fma(w, sum0);
            sum1 = fromMemorySegment(SPECIES, ALL, row + Lanes.BYTES, ORDER).fma(w, sum1);
            w = broadcast(SPECIES, ALL.get(FLOAT, second + weight));
            sum2 = fromMemorySegment(SPECIES, ALL, row + 2L * Lanes.BYTES, ORDER).fma(w, sum2);
            sum3 = fromMemorySegment(SPECIES, ALL, row + 3L * Lanes.BYTES, ORDER).fma(w, sum3);
        }
        sum0.intoMemorySegment(ALL, out, ORDER);
        sum1.intoMemorySegment(ALL, out + Lanes.BYTES, ORDER);
        sum2.intoMemorySegment(ALL, out + 2L * Lanes.BYTES, ORDER);
        sum3.intoMemorySegment(ALL, out + 3L * Lanes.BYTES, ORDER);
    }

    /**
     * Adds rows to one vector.
     *
     * @param weights of row 0; the next row's is {@code weightStride} bytes on
     */
    public static void add(
            long weights,
            int weightStride,
            long rows,
            int stride,
            long columns,
            int count,
            long out) {
        long base = Raw.base(rows);
        long step = Raw.stride(stride);
        long weightBase = Raw.base(weights);
        long weightStep = Raw.stride(weightStride);
        FloatVector sum = fromMemorySegment(SPECIES, ALL, out, ORDER);
        for (int j = 0; j < count; j++) {
            long row = base + (long) Raw.index(entry(columns, j)) * step;
            float weight = ALL.get(FLOAT, weightBase + Raw.index(j) * weightStep);
            sum = fromMemorySegment(SPECIES, ALL, row, ORDER).fma(broadcast(SPECIES, weight), sum);
        }
        sum.intoMemorySegment(ALL, out, ORDER);
    }

    /**
     * Adds rows where heads do not fill vectors.
     *
     * @param weights [count, slots]: those of each row, by head
     * @param out [channels]
     */
    public static void addScalars(
            long weights,
            int slots,
            long rows,
            int stride,
            long columns,
            int count,
            int channels,
            int width,
            long out) {
        for (int c = 0; c < channels; c++) {
            float sum = Raw.get(out + 4L * c);
            for (int j = 0; j < count; j++) {
                long row = rows + (long) entry(columns, j) * stride;
                float weight = Raw.get(weights + 4L * (j * slots + c / width));
                sum += weight * Raw.get(row + 4L * c);
            }
            Raw.put(out + 4L * c, sum);
        }
    }
}
