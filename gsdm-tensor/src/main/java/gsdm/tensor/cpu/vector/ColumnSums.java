package gsdm.tensor.cpu.vector;

import static gsdm.tensor.cpu.vector.Raw.load;
import static gsdm.tensor.cpu.vector.Raw.store;

import jdk.incubator.vector.FloatVector;

/** Sums over the rows of a matrix, row after row in each column. */
final class ColumnSums {
    private static final int WIDE = 4;

    private ColumnSums() {}

    /** sums[c] += the sum of column c over {@code rows} rows of {@code width} floats. */
    static void add(long from, int rows, int width, long sums) {
        add(from, rows, width, 4 * width, sums);
    }

    /** The same for rows {@code stride} bytes apart. */
    static void add(long from, int rows, int width, int stride, long sums) {
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
        FloatVector s0 = load(sums);
        FloatVector s1 = load(sums + Lanes.BYTES);
        FloatVector s2 = load(sums + 2L * Lanes.BYTES);
        FloatVector s3 = load(sums + 3L * Lanes.BYTES);
        for (int i = 0; i < rows; i++) {
            long at = start + Raw.index(i) * stride;
            s0 = s0.add(load(at));
            s1 = s1.add(load(at + Lanes.BYTES));
            s2 = s2.add(load(at + 2L * Lanes.BYTES));
            s3 = s3.add(load(at + 3L * Lanes.BYTES));
        }
        store(s0, sums);
        store(s1, sums + Lanes.BYTES);
        store(s2, sums + 2L * Lanes.BYTES);
        store(s3, sums + 3L * Lanes.BYTES);
    }

    private static void single(long from, int rows, int step, long sums) {
        long start = Raw.base(from);
        long stride = Raw.stride(step);
        FloatVector sum = load(sums);
        for (int i = 0; i < rows; i++) {
            sum = sum.add(load(start + Raw.index(i) * stride));
        }
        store(sum, sums);
    }

    /**
     * sums[c] += the sum over {@code rows} rows of weight[i] · column c.
     *
     * @param weights one float for each row, {@code weightStride} bytes apart
     */
    static void addWeighted(
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
        FloatVector s0 = load(sums);
        FloatVector s1 = load(sums + Lanes.BYTES);
        FloatVector s2 = load(sums + 2L * Lanes.BYTES);
        FloatVector s3 = load(sums + 3L * Lanes.BYTES);
        for (int i = 0; i < rows; i++) {
            long at = start + Raw.index(i) * stride;
            FloatVector weight = Raw.spread(weightStart + Raw.index(i) * step);
            s0 = weight.fma(load(at), s0);
            s1 = weight.fma(load(at + Lanes.BYTES), s1);
            s2 = weight.fma(load(at + 2L * Lanes.BYTES), s2);
            s3 = weight.fma(load(at + 3L * Lanes.BYTES), s3);
        }
        store(s0, sums);
        store(s1, sums + Lanes.BYTES);
        store(s2, sums + 2L * Lanes.BYTES);
        store(s3, sums + 3L * Lanes.BYTES);
    }
}
