package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.ALL;
import static gsdm.tensor.cpu.vector.core.Raw.ORDER;
import static gsdm.tensor.cpu.vector.core.Raw.index;

import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;

/**
 * The loops of group norm that large kernels inline: a vector of neighbouring columns of a chunk of
 * {@code count} rows, {@code stride} bytes apart.
 */
public final class NormColumns {
    private NormColumns() {}

    /** out = (x − mean)·scale + shift, of which the last three are a vector each. */
    public static void normalise(
            long x, int count, long stride, long meanAt, long scaleAt, long shiftAt, long out) {
        FloatVector mean = fromMemorySegment(SPECIES, ALL, meanAt, ORDER);
        FloatVector scale = fromMemorySegment(SPECIES, ALL, scaleAt, ORDER);
        FloatVector shift = fromMemorySegment(SPECIES, ALL, shiftAt, ORDER);
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            fromMemorySegment(SPECIES, ALL, x + o, ORDER)
                    .sub(mean)
                    .fma(scale, shift)
                    .intoMemorySegment(ALL, out + o, ORDER);
        }
    }

    /** sum = Σ d, and slope = deviation · Σ d·(x − mean). */
    public static void sums(
            long x,
            long d,
            int count,
            long stride,
            long meanAt,
            long deviationAt,
            long sumAt,
            long slopeAt) {
        FloatVector mean = fromMemorySegment(SPECIES, ALL, meanAt, ORDER);
        FloatVector sum = FloatVector.zero(SPECIES);
        FloatVector slope = sum;
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            FloatVector one = fromMemorySegment(SPECIES, ALL, d + o, ORDER);
            sum = sum.add(one);
            slope = fromMemorySegment(SPECIES, ALL, x + o, ORDER).sub(mean).fma(one, slope);
        }
        sum.intoMemorySegment(ALL, sumAt, ORDER);
        slope.mul(fromMemorySegment(SPECIES, ALL, deviationAt, ORDER))
                .intoMemorySegment(ALL, slopeAt, ORDER);
    }

    /** As {@link #sums}, of a d that is first multiplied by {@code by}, in place. */
    public static void slopedSums(
            long x,
            long d,
            long by,
            int count,
            long stride,
            long meanAt,
            long deviationAt,
            long sumAt,
            long slopeAt) {
        FloatVector mean = fromMemorySegment(SPECIES, ALL, meanAt, ORDER);
        FloatVector sum = FloatVector.zero(SPECIES);
        FloatVector slope = sum;
        for (int n = 0; n < count; n++) {
            long o = index(n) * stride;
            FloatVector one =
                    fromMemorySegment(SPECIES, ALL, d + o, ORDER)
                            .mul(fromMemorySegment(SPECIES, ALL, by + o, ORDER));
            one.intoMemorySegment(ALL, d + o, ORDER);
            sum = sum.add(one);
            slope = fromMemorySegment(SPECIES, ALL, x + o, ORDER).sub(mean).fma(one, slope);
        }
        sum.intoMemorySegment(ALL, sumAt, ORDER);
        slope.mul(fromMemorySegment(SPECIES, ALL, deviationAt, ORDER))
                .intoMemorySegment(ALL, slopeAt, ORDER);
    }
}
