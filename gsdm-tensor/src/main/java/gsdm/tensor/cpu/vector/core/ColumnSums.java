package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.ALL;
import static gsdm.tensor.cpu.vector.core.Raw.ORDER;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;

/**
 * Sums over the rows of a matrix, row after row in each column.
 *
 * <p>The loops call the Vector API itself, not the short names of {@link Raw}: each of those is one
 * more method to inline, and a loop of sixteen accesses inlined into a large caller passes the
 * compiler's limit of nodes, whereafter every vector is boxed. It put 24 KB a step on the heap.
 */
public final class ColumnSums {
    private static final int WIDE = 4;

    private ColumnSums() {}

    /** sums[c] += the sum of column c over {@code rows} rows of {@code width} floats. */
    public static void add(long from, int rows, int width, long sums) {
        add(from, rows, width, 4 * width, sums);
    }

    /** The same for rows {@code stride} bytes apart. */
    public static void add(long from, int rows, int width, int stride, long sums) {
        int c = 0;
        for (; c + WIDE * Lanes.COUNT <= width; c += WIDE * Lanes.COUNT) {
            wide(from + 4L * c, rows, stride, sums + 4L * c);
        }
        for (; c + Lanes.COUNT <= width; c += Lanes.COUNT) {
            single(from + 4L * c, rows, stride, sums + 4L * c);
        }
        for (; c < width; c++) {
            float sum = Raw.get(sums + 4L * c);
            for (int i = 0; i < rows; i++) {
                sum += Raw.get(from + (long) i * stride + 4L * c);
            }
            Raw.put(sums + 4L * c, sum);
        }
    }

    private static void wide(long from, int rows, int step, long sums) {
        long start = Raw.base(from);
        long stride = Raw.stride(step);
        FloatVector s0 = fromMemorySegment(SPECIES, ALL, sums, ORDER);
        FloatVector s1 = fromMemorySegment(SPECIES, ALL, sums + Lanes.BYTES, ORDER);
        FloatVector s2 = fromMemorySegment(SPECIES, ALL, sums + 2L * Lanes.BYTES, ORDER);
        FloatVector s3 = fromMemorySegment(SPECIES, ALL, sums + 3L * Lanes.BYTES, ORDER);
        for (int i = 0; i < rows; i++) {
            long at = start + Raw.index(i) * stride;
            s0 = s0.add(fromMemorySegment(SPECIES, ALL, at, ORDER));
            s1 = s1.add(fromMemorySegment(SPECIES, ALL, at + Lanes.BYTES, ORDER));
            s2 = s2.add(fromMemorySegment(SPECIES, ALL, at + 2L * Lanes.BYTES, ORDER));
            s3 = s3.add(fromMemorySegment(SPECIES, ALL, at + 3L * Lanes.BYTES, ORDER));
        }
        s0.intoMemorySegment(ALL, sums, ORDER);
        s1.intoMemorySegment(ALL, sums + Lanes.BYTES, ORDER);
        s2.intoMemorySegment(ALL, sums + 2L * Lanes.BYTES, ORDER);
        s3.intoMemorySegment(ALL, sums + 3L * Lanes.BYTES, ORDER);
    }

    private static void single(long from, int rows, int step, long sums) {
        long start = Raw.base(from);
        long stride = Raw.stride(step);
        FloatVector sum = fromMemorySegment(SPECIES, ALL, sums, ORDER);
        for (int i = 0; i < rows; i++) {
            sum = sum.add(fromMemorySegment(SPECIES, ALL, start + Raw.index(i) * stride, ORDER));
        }
        sum.intoMemorySegment(ALL, sums, ORDER);
    }

    /**
     * sums[c] += the sum over {@code rows} rows of weight[i] · column c.
     *
     * @param weights one float for each row, {@code weightStride} bytes apart
     */
    public static void addWeighted(
            long from, int rows, int width, long weights, int weightStride, long sums) {
        int c = 0;
        for (; c + WIDE * Lanes.COUNT <= width; c += WIDE * Lanes.COUNT) {
            wideWeighted(from + 4L * c, rows, width, weights, weightStride, sums + 4L * c);
        }
        for (; c < width; c++) {
            float sum = Raw.get(sums + 4L * c);
            for (int i = 0; i < rows; i++) {
                float weight = Raw.get(weights + (long) i * weightStride);
                sum = Math.fma(weight, Raw.get(from + 4L * ((long) i * width + c)), sum);
            }
            Raw.put(sums + 4L * c, sum);
        }
    }

    private static void wideWeighted(
            long from, int rows, int width, long weights, int weightStride, long sums) {
        long start = Raw.base(from);
        long stride = Raw.stride(4 * width);
        long weightStart = Raw.base(weights);
        long step = Raw.stride(weightStride);
        FloatVector s0 = fromMemorySegment(SPECIES, ALL, sums, ORDER);
        FloatVector s1 = fromMemorySegment(SPECIES, ALL, sums + Lanes.BYTES, ORDER);
        FloatVector s2 = fromMemorySegment(SPECIES, ALL, sums + 2L * Lanes.BYTES, ORDER);
        FloatVector s3 = fromMemorySegment(SPECIES, ALL, sums + 3L * Lanes.BYTES, ORDER);
        for (int i = 0; i < rows; i++) {
            long at = start + Raw.index(i) * stride;
            FloatVector weight = Raw.spread(weightStart + Raw.index(i) * step);
            s0 = weight.fma(fromMemorySegment(SPECIES, ALL, at, ORDER), s0);
            s1 = weight.fma(fromMemorySegment(SPECIES, ALL, at + Lanes.BYTES, ORDER), s1);
            s2 = weight.fma(fromMemorySegment(SPECIES, ALL, at + 2L * Lanes.BYTES, ORDER), s2);
            s3 = weight.fma(fromMemorySegment(SPECIES, ALL, at + 3L * Lanes.BYTES, ORDER), s3);
        }
        s0.intoMemorySegment(ALL, sums, ORDER);
        s1.intoMemorySegment(ALL, sums + Lanes.BYTES, ORDER);
        s2.intoMemorySegment(ALL, sums + 2L * Lanes.BYTES, ORDER);
        s3.intoMemorySegment(ALL, sums + 3L * Lanes.BYTES, ORDER);
    }
}
