package gsdm.tensor.cpu.vector;

import static gsdm.tensor.cpu.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of vectors from multiplications, fused multiply-adds and bits alone, so that their
 * results are the same whether interpreted or compiled; those of {@code lanewise(EXP)} are not.
 */
final class VectorMath {
    private static final float LOG2_E = 1.44269504f;

    /** Adding it to a number below 2^22 rounds to an integer, which is in the lowest bits then. */
    private static final float ROUNDING = 0x1.8p23f;

    /** ln 2 in two parts, so that an integer times the first is exact. */
    private static final float LN2_HIGH = 0x1.62e4p-1f;

    private static final float LN2_LOW = 0x1.7f7d1cp-20f;

    /** Where exp leaves the normal floats. */
    private static final float LEAST = -87.33654f;

    private static final float MOST = 88.37626f;

    private static final int ONE = 0x3f800000;
    private static final float SQRT_HALF = 0.70710678f;

    private VectorMath() {}

    /** e^x to 2 units in the last place; 0 below −87.34, infinite above 88.38, NaN of NaN. */
    static FloatVector exp(FloatVector x) {
        FloatVector rounded = x.fma(spread(LOG2_E), spread(ROUNDING));
        FloatVector n = rounded.sub(ROUNDING);
        FloatVector r = n.fma(spread(-LN2_LOW), n.fma(spread(-LN2_HIGH), x));
        FloatVector y = expNearZero(r).mul(powerOfTwo(rounded.reinterpretAsInts()));
        return y.blend(0f, x.compare(VectorOperators.LT, LEAST))
                .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, MOST));
    }

    /** Taylor's polynomial, fitted to |r| ≤ ln 2 / 2. */
    private static FloatVector expNearZero(FloatVector r) {
        FloatVector y = spread(1.9875691e-4f).fma(r, spread(1.3981999e-3f));
        y = y.fma(r, spread(8.3334519e-3f));
        y = y.fma(r, spread(4.1665796e-2f));
        y = y.fma(r, spread(1.6666665e-1f));
        y = y.fma(r, spread(0.5f));
        return y.fma(r.mul(r), r).add(1f);
    }

    /** 2^n for the n in the lowest bits of each lane: its exponent, biased. */
    private static FloatVector powerOfTwo(IntVector n) {
        return n.lanewise(VectorOperators.LSHL, 23).add(ONE).reinterpretAsFloats();
    }

    /** ln x of normal, finite x > 0 to 2 units in the last place; NaN of NaN. */
    static FloatVector log(FloatVector x) {
        IntVector bits = x.reinterpretAsInts();
        IntVector exponent = bits.lanewise(VectorOperators.LSHR, 23).sub(126);
        FloatVector m =
                bits.lanewise(VectorOperators.AND, 0x007fffff)
                        .lanewise(VectorOperators.OR, 0x3f000000)
                        .reinterpretAsFloats();
        var small = m.compare(VectorOperators.LT, SQRT_HALF);
        FloatVector n = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
        n = n.blend(n.sub(1f), small);
        FloatVector r = m.blend(m.add(m), small).sub(1f);
        FloatVector y = logNearOne(r);
        y = n.fma(spread(LN2_LOW), y);
        y = n.fma(spread(LN2_HIGH), r.add(y));
        return y.blend(x, x.compare(VectorOperators.NE, x));
    }

    /** ln(1 + r) − r for 1 + r within a factor √2 of one. */
    private static FloatVector logNearOne(FloatVector r) {
        FloatVector y = spread(7.0376836e-2f).fma(r, spread(-1.1514610e-1f));
        y = y.fma(r, spread(1.1676998e-1f));
        y = y.fma(r, spread(-1.2420141e-1f));
        y = y.fma(r, spread(1.4249323e-1f));
        y = y.fma(r, spread(-1.6668057e-1f));
        y = y.fma(r, spread(2.0000715e-1f));
        y = y.fma(r, spread(-2.4999994e-1f));
        y = y.fma(r, spread(3.3333331e-1f));
        FloatVector square = r.mul(r);
        return y.mul(r).mul(square).sub(square.mul(0.5f));
    }

    private static FloatVector spread(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }
}
