package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.ALL;
import static gsdm.tensor.cpu.vector.core.Raw.FLOAT;
import static gsdm.tensor.cpu.vector.core.Raw.ORDER;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;

/**
 * The loops of attention by heads in fours that are two vectors wide: the eight vectors of four
 * heads stay in registers while the rows go by.
 */
public final class QuadLoops {
    private QuadLoops() {}

    /**
     * The products of {@code a}, four heads, and of each row: a vector for each row and head, whose
     * lanes are still to be added up.
     *
     * @param rows row 0; rows are {@code stride} bytes apart
     * @param columns int [count]: which rows
     * @param to [count, 4] vectors, {@code toStride} bytes from row to row
     */
    public static void multiply(
            long a, long rows, int stride, long columns, int count, long to, int toStride) {
        FloatVector a0 = fromMemorySegment(SPECIES, ALL, a, ORDER);
        FloatVector a1 = fromMemorySegment(SPECIES, ALL, a + Lanes.BYTES, ORDER);
        FloatVector a2 = fromMemorySegment(SPECIES, ALL, a + 2L * Lanes.BYTES, ORDER);
        FloatVector a3 = fromMemorySegment(SPECIES, ALL, a + 3L * Lanes.BYTES, ORDER);
        FloatVector a4 = fromMemorySegment(SPECIES, ALL, a + 4L * Lanes.BYTES, ORDER);
        FloatVector a5 = fromMemorySegment(SPECIES, ALL, a + 5L * Lanes.BYTES, ORDER);
        FloatVector a6 = fromMemorySegment(SPECIES, ALL, a + 6L * Lanes.BYTES, ORDER);
        FloatVector a7 = fromMemorySegment(SPECIES, ALL, a + 7L * Lanes.BYTES, ORDER);
        long base = Raw.base(rows);
        long step = Raw.stride(stride);
        long list = Raw.base(columns);
        long out = Raw.base(to);
        long outStep = Raw.stride(toStride);
        for (int j = 0; j < count; j++) {
            long b = base + (long) Raw.index(Raw.getInt(list + 4L * Raw.index(j))) * step;
            long at = out + Raw.index(j) * outStep;
            fromMemorySegment(SPECIES, ALL, b + Lanes.BYTES, ORDER)
                    .fma(a1, fromMemorySegment(SPECIES, ALL, b, ORDER).mul(a0))
                    .intoMemorySegment(ALL, at, ORDER);
            fromMemorySegment(SPECIES, ALL, b + 3L * Lanes.BYTES, ORDER)
                    .fma(a3, fromMemorySegment(SPECIES, ALL, b + 2L * Lanes.BYTES, ORDER).mul(a2))
                    .intoMemorySegment(ALL, at + Lanes.BYTES, ORDER);
            fromMemorySegment(SPECIES, ALL, b + 5L * Lanes.BYTES, ORDER)
                    .fma(a5, fromMemorySegment(SPECIES, ALL, b + 4L * Lanes.BYTES, ORDER).mul(a4))
                    .intoMemorySegment(ALL, at + 2L * Lanes.BYTES, ORDER);
            fromMemorySegment(SPECIES, ALL, b + 7L * Lanes.BYTES, ORDER)
                    .fma(a7, fromMemorySegment(SPECIES, ALL, b + 6L * Lanes.BYTES, ORDER).mul(a6))
                    .intoMemorySegment(ALL, at + 3L * Lanes.BYTES, ORDER);
        }
    }

    /**
     * out = Σ_j weights[j, head] · row j, for four heads.
     *
     * @param weights [count, 4], {@code weightStride} bytes from row to row
     * @param rows row 0; rows are {@code stride} bytes apart
     * @param columns int [count]: which rows
     */
    public static void weigh(
            long weights,
            int weightStride,
            long rows,
            int stride,
            long columns,
            int count,
            long out) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        long base = Raw.base(rows);
        long step = Raw.stride(stride);
        long list = Raw.base(columns);
        long weightBase = Raw.base(weights);
        long weightStep = Raw.stride(weightStride);
        for (int j = 0; j < count; j++) {
            long row = base + (long) Raw.index(Raw.getInt(list + 4L * Raw.index(j))) * step;
            long weight = weightBase + Raw.index(j) * weightStep;
            FloatVector w = broadcast(SPECIES, ALL.get(FLOAT, weight));
            s0 = fromMemorySegment(SPECIES, ALL, row, ORDER).fma(w, s0);
            s1 = fromMemorySegment(SPECIES, ALL, row + Lanes.BYTES, ORDER).fma(w, s1);
            w = broadcast(SPECIES, ALL.get(FLOAT, weight + 4));
            s2 = fromMemorySegment(SPECIES, ALL, row + 2L * Lanes.BYTES, ORDER).fma(w, s2);
            s3 = fromMemorySegment(SPECIES, ALL, row + 3L * Lanes.BYTES, ORDER).fma(w, s3);
            w = broadcast(SPECIES, ALL.get(FLOAT, weight + 8));
            s4 = fromMemorySegment(SPECIES, ALL, row + 4L * Lanes.BYTES, ORDER).fma(w, s4);
            s5 = fromMemorySegment(SPECIES, ALL, row + 5L * Lanes.BYTES, ORDER).fma(w, s5);
            w = broadcast(SPECIES, ALL.get(FLOAT, weight + 12));
            s6 = fromMemorySegment(SPECIES, ALL, row + 6L * Lanes.BYTES, ORDER).fma(w, s6);
            s7 = fromMemorySegment(SPECIES, ALL, row + 7L * Lanes.BYTES, ORDER).fma(w, s7);
        }
        s0.intoMemorySegment(ALL, out, ORDER);
        s1.intoMemorySegment(ALL, out + Lanes.BYTES, ORDER);
        s2.intoMemorySegment(ALL, out + 2L * Lanes.BYTES, ORDER);
        s3.intoMemorySegment(ALL, out + 3L * Lanes.BYTES, ORDER);
        s4.intoMemorySegment(ALL, out + 4L * Lanes.BYTES, ORDER);
        s5.intoMemorySegment(ALL, out + 5L * Lanes.BYTES, ORDER);
        s6.intoMemorySegment(ALL, out + 6L * Lanes.BYTES, ORDER);
        s7.intoMemorySegment(ALL, out + 7L * Lanes.BYTES, ORDER);
    }
}
