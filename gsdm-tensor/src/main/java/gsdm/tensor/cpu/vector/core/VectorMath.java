package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of vectors from multiplications, fused multiply-adds and bits alone, so that their
 * results are the same whether interpreted or compiled; those of {@code lanewise(EXP)} are not.
 */
public final class VectorMath {
    // Constants are vectors: broadcasting a float in place costs the compiler hundreds of nodes,
    // and
    // beyond 18,000 of them it stops inlining, which puts vectors on the heap.
    private static final FloatVector LOG2_E = spread(1.44269504f);

    /** Adding it to a number below 2^22 rounds to an integer, which is in the lowest bits then. */
    private static final FloatVector ROUNDING = spread(0x1.8p23f);

    /** ln 2 in two parts, so that an integer times the first is exact. */
    private static final FloatVector LN2_HIGH = spread(0x1.62e4p-1f);

    private static final FloatVector LN2_LOW = spread(0x1.7f7d1cp-20f);
    private static final FloatVector MINUS_LN2_HIGH = LN2_HIGH.neg();
    private static final FloatVector MINUS_LN2_LOW = LN2_LOW.neg();

    /** Where exp leaves the normal floats. */
    private static final FloatVector LEAST = spread(-87.33654f);

    private static final FloatVector MOST = spread(88.37626f);

    private static final FloatVector INFINITY = spread(Float.POSITIVE_INFINITY);
    private static final FloatVector ZERO = spread(0);
    private static final FloatVector ONE = spread(1);

    // Taylor's coefficients, fitted to |r| ≤ ln 2 / 2.
    private static final FloatVector E7 = spread(1.9875691e-4f);
    private static final FloatVector E6 = spread(1.3981999e-3f);
    private static final FloatVector E5 = spread(8.3334519e-3f);
    private static final FloatVector E4 = spread(4.1665796e-2f);
    private static final FloatVector E3 = spread(1.6666665e-1f);
    private static final FloatVector E2 = spread(0.5f);

    // The same of (ln(1 + r) − r + r²/2) / r³, for √½ ≤ 1 + r < √2.
    private static final FloatVector L9 = spread(7.0376836e-2f);
    private static final FloatVector L8 = spread(-1.1514610e-1f);
    private static final FloatVector L7 = spread(1.1676998e-1f);
    private static final FloatVector L6 = spread(-1.2420141e-1f);
    private static final FloatVector L5 = spread(1.4249323e-1f);
    private static final FloatVector L4 = spread(-1.6668057e-1f);
    private static final FloatVector L3 = spread(2.0000715e-1f);
    private static final FloatVector L2 = spread(-2.4999994e-1f);
    private static final FloatVector L1 = spread(3.3333331e-1f);

    private static final FloatVector SQRT_HALF = spread(0.70710678f);

    private static final FloatVector TWO_23_BIASED = spread(0x1p23f + 126);
    private static final IntVector TWO_23_BITS = spread(0x1p23f).reinterpretAsInts();
    private static final IntVector HALF_BITS = spread(0.5f).reinterpretAsInts();
    private static final IntVector FRACTION =
            spread(Float.intBitsToFloat(0x7fffff)).reinterpretAsInts();

    private VectorMath() {}

    /** e^x to 2 units in the last place; 0 below −87.34, infinite above 88.38, NaN of NaN. */
    public static FloatVector exp(FloatVector x) {
        FloatVector rounded = x.fma(LOG2_E, ROUNDING);
        FloatVector n = rounded.sub(ROUNDING);
        FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x));
        FloatVector y = E7.fma(r, E6).fma(r, E5).fma(r, E4).fma(r, E3).fma(r, E2);
        y = y.fma(r.mul(r), r).add(ONE);
        // 2^n: n, which is in the lowest bits, added to the exponent of 1.
        IntVector exponent = rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        FloatVector power = exponent.add(ONE.reinterpretAsInts()).reinterpretAsFloats();
        return y.mul(power)
                .blend(ZERO, x.compare(VectorOperators.LT, LEAST))
                .blend(INFINITY, x.compare(VectorOperators.GT, MOST));
    }

    /** ln x of normal, finite x > 0 to 2 units in the last place; NaN of NaN. */
    public static FloatVector log(FloatVector x) {
        IntVector bits = x.reinterpretAsInts();
        // The biased exponent as the last bits of 2^23 is a float without a conversion.
        IntVector exponent = bits.lanewise(VectorOperators.LSHR, 23).or(TWO_23_BITS);
        FloatVector n = exponent.reinterpretAsFloats().sub(TWO_23_BIASED);
        FloatVector m = bits.and(FRACTION).or(HALF_BITS).reinterpretAsFloats();
        var small = m.compare(VectorOperators.LT, SQRT_HALF);
        n = n.blend(n.sub(ONE), small);
        FloatVector r = m.blend(m.add(m), small).sub(ONE);
        FloatVector y = n.fma(LN2_HIGH, r.add(n.fma(LN2_LOW, logNearOne(r))));
        return y.blend(x, x.compare(VectorOperators.NE, x));
    }

    /** ln(1 + r) − r for 1 + r within a factor √2 of one. */
    private static FloatVector logNearOne(FloatVector r) {
        FloatVector y = L9.fma(r, L8).fma(r, L7).fma(r, L6).fma(r, L5).fma(r, L4).fma(r, L3);
        y = y.fma(r, L2).fma(r, L1);
        FloatVector square = r.mul(r);
        return y.mul(r).mul(square).sub(square.mul(E2));
    }

    private static FloatVector spread(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }
}
