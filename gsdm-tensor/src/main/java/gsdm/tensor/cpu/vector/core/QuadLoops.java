package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.LaneSums.ODD1;
import static gsdm.tensor.cpu.vector.core.LaneSums.ODD2;
import static gsdm.tensor.cpu.vector.core.LaneSums.SWAP1;
import static gsdm.tensor.cpu.vector.core.LaneSums.SWAP2;
import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.ALL;
import static gsdm.tensor.cpu.vector.core.Raw.FLOAT;
import static gsdm.tensor.cpu.vector.core.Raw.ORDER;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;

/**
 * The loops of attention by heads in fours that are one or two vectors wide: the vectors of four
 * heads stay in registers while the rows go by.
 */
public final class QuadLoops {
    private QuadLoops() {}

    /**
     * The inner products of two rows each, by four heads of two vectors, but for the last additions
     * of their lanes: lane i has a part of head i mod 4.
     *
     * @param a row 0 of the ones; rows are {@code aStride} bytes apart
     * @param aRows int [count]: which rows of them
     * @param b row 0 of the others
     * @param bRows int [count]: which of those
     * @param to a vector for each, {@code toStride} bytes apart
     */
    public static void productsOfTwo(
            long a,
            int aStride,
            long aRows,
            long b,
            int bStride,
            long bRows,
            int count,
            long to,
            int toStride) {
        long aBase = Raw.base(a);
        long aStep = Raw.stride(aStride);
        long aList = Raw.base(aRows);
        long bBase = Raw.base(b);
        long bStep = Raw.stride(bStride);
        long bList = Raw.base(bRows);
        long out = Raw.base(to);
        long step = Raw.stride(toStride);
        for (int j = 0; j < count; j++) {
            long x = aBase + (long) Raw.index(Raw.getInt(aList + 4L * Raw.index(j))) * aStep;
            long y = bBase + (long) Raw.index(Raw.getInt(bList + 4L * Raw.index(j))) * bStep;
            FloatVector p0 =
                    fromMemorySegment(SPECIES, ALL, y + Lanes.BYTES, ORDER)
                            .fma(
                                    fromMemorySegment(SPECIES, ALL, x + Lanes.BYTES, ORDER),
                                    fromMemorySegment(SPECIES, ALL, y, ORDER)
                                            .mul(fromMemorySegment(SPECIES, ALL, x, ORDER)));
            FloatVector p1 =
                    fromMemorySegment(SPECIES, ALL, y + 3L * Lanes.BYTES, ORDER)
                            .fma(
                                    fromMemorySegment(SPECIES, ALL, x + 3L * Lanes.BYTES, ORDER),
                                    fromMemorySegment(SPECIES, ALL, y + 2L * Lanes.BYTES, ORDER)
                                            .mul(
                                                    fromMemorySegment(
                                                            SPECIES,
                                                            ALL,
                                                            x + 2L * Lanes.BYTES,
                                                            ORDER)));
            FloatVector low = p0.blend(p1, ODD1).add(p1.blend(p0, ODD1).rearrange(SWAP1));
            p0 =
                    fromMemorySegment(SPECIES, ALL, y + 5L * Lanes.BYTES, ORDER)
                            .fma(
                                    fromMemorySegment(SPECIES, ALL, x + 5L * Lanes.BYTES, ORDER),
                                    fromMemorySegment(SPECIES, ALL, y + 4L * Lanes.BYTES, ORDER)
                                            .mul(
                                                    fromMemorySegment(
                                                            SPECIES,
                                                            ALL,
                                                            x + 4L * Lanes.BYTES,
                                                            ORDER)));
            p1 =
                    fromMemorySegment(SPECIES, ALL, y + 7L * Lanes.BYTES, ORDER)
                            .fma(
                                    fromMemorySegment(SPECIES, ALL, x + 7L * Lanes.BYTES, ORDER),
                                    fromMemorySegment(SPECIES, ALL, y + 6L * Lanes.BYTES, ORDER)
                                            .mul(
                                                    fromMemorySegment(
                                                            SPECIES,
                                                            ALL,
                                                            x + 6L * Lanes.BYTES,
                                                            ORDER)));
            FloatVector high = p0.blend(p1, ODD1).add(p1.blend(p0, ODD1).rearrange(SWAP1));
            low.blend(high, ODD2)
                    .add(high.blend(low, ODD2).rearrange(SWAP2))
                    .intoMemorySegment(ALL, out + Raw.index(j) * step, ORDER);
        }
    }

    /** {@link #productsOfTwo} of heads of one vector. */
    public static void productsOfOne(
            long a,
            int aStride,
            long aRows,
            long b,
            int bStride,
            long bRows,
            int count,
            long to,
            int toStride) {
        long aBase = Raw.base(a);
        long aStep = Raw.stride(aStride);
        long aList = Raw.base(aRows);
        long bBase = Raw.base(b);
        long bStep = Raw.stride(bStride);
        long bList = Raw.base(bRows);
        long out = Raw.base(to);
        long step = Raw.stride(toStride);
        for (int j = 0; j < count; j++) {
            long x = aBase + (long) Raw.index(Raw.getInt(aList + 4L * Raw.index(j))) * aStep;
            long y = bBase + (long) Raw.index(Raw.getInt(bList + 4L * Raw.index(j))) * bStep;
            FloatVector p0 =
                    fromMemorySegment(SPECIES, ALL, y, ORDER)
                            .mul(fromMemorySegment(SPECIES, ALL, x, ORDER));
            FloatVector p1 =
                    fromMemorySegment(SPECIES, ALL, y + Lanes.BYTES, ORDER)
                            .mul(fromMemorySegment(SPECIES, ALL, x + Lanes.BYTES, ORDER));
            FloatVector low = p0.blend(p1, ODD1).add(p1.blend(p0, ODD1).rearrange(SWAP1));
            p0 =
                    fromMemorySegment(SPECIES, ALL, y + 2L * Lanes.BYTES, ORDER)
                            .mul(fromMemorySegment(SPECIES, ALL, x + 2L * Lanes.BYTES, ORDER));
            p1 =
                    fromMemorySegment(SPECIES, ALL, y + 3L * Lanes.BYTES, ORDER)
                            .mul(fromMemorySegment(SPECIES, ALL, x + 3L * Lanes.BYTES, ORDER));
            FloatVector high = p0.blend(p1, ODD1).add(p1.blend(p0, ODD1).rearrange(SWAP1));
            low.blend(high, ODD2)
                    .add(high.blend(low, ODD2).rearrange(SWAP2))
                    .intoMemorySegment(ALL, out + Raw.index(j) * step, ORDER);
        }
    }

    /**
     * out = factor[head] · Σ_j weights[j, head] · row j, for four heads of two vectors.
     *
     * @param weights [count, 4], {@code weightStride} bytes from row to row
     * @param rows row 0; rows are {@code stride} bytes apart
     * @param columns int [count]: which rows
     * @param factors [4]
     */
    public static void weighTwo(
            long weights,
            int weightStride,
            long rows,
            int stride,
            long columns,
            int count,
            long factors,
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
        FloatVector f = broadcast(SPECIES, ALL.get(FLOAT, factors));
        s0.mul(f).intoMemorySegment(ALL, out, ORDER);
        s1.mul(f).intoMemorySegment(ALL, out + Lanes.BYTES, ORDER);
        f = broadcast(SPECIES, ALL.get(FLOAT, factors + 4));
        s2.mul(f).intoMemorySegment(ALL, out + 2L * Lanes.BYTES, ORDER);
        s3.mul(f).intoMemorySegment(ALL, out + 3L * Lanes.BYTES, ORDER);
        f = broadcast(SPECIES, ALL.get(FLOAT, factors + 8));
        s4.mul(f).intoMemorySegment(ALL, out + 4L * Lanes.BYTES, ORDER);
        s5.mul(f).intoMemorySegment(ALL, out + 5L * Lanes.BYTES, ORDER);
        f = broadcast(SPECIES, ALL.get(FLOAT, factors + 12));
        s6.mul(f).intoMemorySegment(ALL, out + 6L * Lanes.BYTES, ORDER);
        s7.mul(f).intoMemorySegment(ALL, out + 7L * Lanes.BYTES, ORDER);
    }

    /** {@link #weighTwo} for heads of one vector. */
    public static void weighOne(
            long weights,
            int weightStride,
            long rows,
            int stride,
            long columns,
            int count,
            long factors,
            long out) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
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
            w = broadcast(SPECIES, ALL.get(FLOAT, weight + 4));
            s1 = fromMemorySegment(SPECIES, ALL, row + Lanes.BYTES, ORDER).fma(w, s1);
            w = broadcast(SPECIES, ALL.get(FLOAT, weight + 8));
            s2 = fromMemorySegment(SPECIES, ALL, row + 2L * Lanes.BYTES, ORDER).fma(w, s2);
            w = broadcast(SPECIES, ALL.get(FLOAT, weight + 12));
            s3 = fromMemorySegment(SPECIES, ALL, row + 3L * Lanes.BYTES, ORDER).fma(w, s3);
        }
        FloatVector f = broadcast(SPECIES, ALL.get(FLOAT, factors));
        s0.mul(f).intoMemorySegment(ALL, out, ORDER);
        f = broadcast(SPECIES, ALL.get(FLOAT, factors + 4));
        s1.mul(f).intoMemorySegment(ALL, out + Lanes.BYTES, ORDER);
        f = broadcast(SPECIES, ALL.get(FLOAT, factors + 8));
        s2.mul(f).intoMemorySegment(ALL, out + 2L * Lanes.BYTES, ORDER);
        f = broadcast(SPECIES, ALL.get(FLOAT, factors + 12));
        s3.mul(f).intoMemorySegment(ALL, out + 3L * Lanes.BYTES, ORDER);
    }
}
