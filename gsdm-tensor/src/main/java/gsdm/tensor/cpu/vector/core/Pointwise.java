package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.ALL;
import static gsdm.tensor.cpu.vector.core.Raw.ORDER;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;

/** Sums and multiples of rows of floats, one row at a time. */
public final class Pointwise {
    private Pointwise() {}

    /** out[i] = a[i] + b[i]. */
    public static void add(long a, long b, long out, int count) {
        int i = 0;
        for (; i < Lanes.whole(count); i += Lanes.COUNT) {
            long at = 4L * Raw.index(i);
            fromMemorySegment(SPECIES, ALL, a + at, ORDER)
                    .add(fromMemorySegment(SPECIES, ALL, b + at, ORDER))
                    .intoMemorySegment(ALL, out + at, ORDER);
        }
        for (; i < count; i++) {
            Raw.put(out + 4L * i, Raw.get(a + 4L * i) + Raw.get(b + 4L * i));
        }
    }

    /** out[i] = a[i] + b[i] + c[i]. */
    public static void add(long a, long b, long c, long out, int count) {
        int i = 0;
        for (; i < Lanes.whole(count); i += Lanes.COUNT) {
            long at = 4L * Raw.index(i);
            fromMemorySegment(SPECIES, ALL, a + at, ORDER)
                    .add(fromMemorySegment(SPECIES, ALL, b + at, ORDER))
                    .add(fromMemorySegment(SPECIES, ALL, c + at, ORDER))
                    .intoMemorySegment(ALL, out + at, ORDER);
        }
        for (; i < count; i++) {
            float sum = Raw.get(a + 4L * i) + Raw.get(b + 4L * i);
            Raw.put(out + 4L * i, sum + Raw.get(c + 4L * i));
        }
    }

    /** out[i] = factor · a[i] + b[i], rounded once. */
    public static void multiplyAdd(float factor, long a, long b, long out, int count) {
        FloatVector factors = FloatVector.broadcast(SPECIES, factor);
        int i = 0;
        for (; i < Lanes.whole(count); i += Lanes.COUNT) {
            long at = 4L * Raw.index(i);
            factors.fma(
                            fromMemorySegment(SPECIES, ALL, a + at, ORDER),
                            fromMemorySegment(SPECIES, ALL, b + at, ORDER))
                    .intoMemorySegment(ALL, out + at, ORDER);
        }
        for (; i < count; i++) {
            Raw.put(out + 4L * i, Math.fma(factor, Raw.get(a + 4L * i), Raw.get(b + 4L * i)));
        }
    }

    /** out[i] = factor · a[i]. */
    public static void multiply(float factor, long a, long out, int count) {
        FloatVector factors = FloatVector.broadcast(SPECIES, factor);
        int i = 0;
        for (; i < Lanes.whole(count); i += Lanes.COUNT) {
            long at = 4L * Raw.index(i);
            factors.mul(fromMemorySegment(SPECIES, ALL, a + at, ORDER))
                    .intoMemorySegment(ALL, out + at, ORDER);
        }
        for (; i < count; i++) {
            Raw.put(out + 4L * i, factor * Raw.get(a + 4L * i));
        }
    }

    /**
     * The sum of a[i] · b[i].
     *
     * @param lanes room for a vector, whose lanes are added in a fixed order
     */
    public static float dot(long a, long b, int count, long lanes) {
        FloatVector sums = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i < Lanes.whole(count); i += Lanes.COUNT) {
            long at = 4L * Raw.index(i);
            sums =
                    fromMemorySegment(SPECIES, ALL, a + at, ORDER)
                            .fma(fromMemorySegment(SPECIES, ALL, b + at, ORDER), sums);
        }
        sums.intoMemorySegment(ALL, lanes, ORDER);
        float sum = 0;
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            sum += Raw.get(lanes + 4L * lane);
        }
        for (; i < count; i++) {
            sum = Math.fma(Raw.get(a + 4L * i), Raw.get(b + 4L * i), sum);
        }
        return sum;
    }
}
