package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.ALL;
import static gsdm.tensor.cpu.vector.core.Raw.ORDER;
import static gsdm.tensor.cpu.vector.core.Raw.base;
import static gsdm.tensor.cpu.vector.core.Raw.index;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * x·sigmoid(x) and its gradient over runs of floats, a strip at a time: the sigmoid of a strip goes
 * to a small buffer, in a loop of its own.
 *
 * <p>That loop fills what the compiler inlines into one method. Written as a function of a vector
 * that other loops call, it was now and then not inlined, and each vector then took a trip over the
 * heap.
 */
public final class Silu {
    /** Floats of a strip. */
    private static final int STRIP = 1024;

    /** Bytes of the buffer that callers lend. */
    public static final int BUFFER_BYTES = 4 * STRIP;

    private static final float LOG2_E = 1.44269504f;

    /** Adding it to a number below 2^22 rounds to an integer, which is in the lowest bits then. */
    private static final float ROUNDING = 0x1.8p23f;

    /** −ln 2 in two parts, so that an integer times the first is exact. */
    private static final float LN2_HIGH = -0x1.62e4p-1f;

    private static final float LN2_LOW = -0x1.7f7d1cp-20f;

    /** Beyond, e^−x leaves the normal floats and the sigmoid is 0 or 1 to all purposes. */
    private static final float LIMIT = 87;

    private static final int ONE = 0x3f800000;

    private Silu() {}

    /** x·sigmoid(x). */
    public static float value(float x) {
        return (float) (x * sigmoid((double) x));
    }

    /** The derivative of {@link #value}. */
    public static float slope(float x) {
        double s = sigmoid((double) x);
        return (float) (s * (1 + x * (1 - s)));
    }

    private static double sigmoid(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }

    /** out = x·sigmoid(x); the two may be the same memory. */
    public static void forward(long x, long out, int count, long buffer) {
        for (int first = 0; first < count; first += STRIP) {
            int strip = Math.min(STRIP, count - first);
            int whole = Lanes.whole(strip);
            long at = 4L * first;
            sigmoids(x + at, buffer, whole, strip);
            multiply(base(x + at), base(buffer), base(out + at), whole);
            for (int i = whole; i < strip; i++) {
                long o = 4L * i;
                Raw.put(out + at + o, Raw.get(x + at + o) * Raw.get(buffer + o));
            }
        }
    }

    /** d = dOut · silu'(x); d may be the memory of either. */
    public static void backward(long x, long dOut, long d, int count, long buffer) {
        for (int first = 0; first < count; first += STRIP) {
            int strip = Math.min(STRIP, count - first);
            int whole = Lanes.whole(strip);
            long at = 4L * first;
            sigmoids(x + at, buffer, whole, strip);
            slopes(base(x + at), base(buffer), base(dOut + at), base(d + at), whole);
            for (int i = whole; i < strip; i++) {
                long o = 4L * i;
                float slope = slope(Raw.get(x + at + o), Raw.get(buffer + o));
                Raw.put(d + at + o, slope * Raw.get(dOut + at + o));
            }
        }
    }

    /** slope = silu'(x), then x = silu(x). */
    public static void forwardAndSlope(long x, long slope, int count, long buffer) {
        for (int first = 0; first < count; first += STRIP) {
            int strip = Math.min(STRIP, count - first);
            int whole = Lanes.whole(strip);
            long at = 4L * first;
            sigmoids(x + at, buffer, whole, strip);
            valuesAndSlopes(base(x + at), base(buffer), base(slope + at), whole);
            for (int i = whole; i < strip; i++) {
                long o = 4L * i;
                float value = Raw.get(x + at + o);
                float s = Raw.get(buffer + o);
                Raw.put(slope + at + o, slope(value, s));
                Raw.put(x + at + o, value * s);
            }
        }
    }

    /** As the loops over vectors have it, bit for bit. */
    private static float slope(float x, float sigmoid) {
        return Math.fma(x, 1 - sigmoid, 1) * sigmoid;
    }

    /**
     * The sigmoids of a strip. What is left over after whole vectors is computed as a vector of its
     * own, so that a value does not depend on where it lies.
     */
    private static void sigmoids(long x, long buffer, int whole, int strip) {
        sigmoid(x, buffer, whole);
        if (whole < strip) {
            for (int i = whole; i < whole + Lanes.COUNT; i++) {
                Raw.put(buffer + 4L * i, i < strip ? Raw.get(x + 4L * i) : 0);
            }
            sigmoid(buffer + 4L * whole, buffer + 4L * whole, Lanes.COUNT);
        }
    }

    private static void valuesAndSlopes(long x, long sigmoid, long slope, int whole) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            long o = 4L * index(i);
            FloatVector v = FloatVector.fromMemorySegment(SPECIES, ALL, x + o, ORDER);
            FloatVector s = FloatVector.fromMemorySegment(SPECIES, ALL, sigmoid + o, ORDER);
            v.fma(one.sub(s), one).mul(s).intoMemorySegment(ALL, slope + o, ORDER);
            v.mul(s).intoMemorySegment(ALL, x + o, ORDER);
        }
    }

    private static void multiply(long a, long b, long out, int whole) {
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            long o = 4L * index(i);
            FloatVector.fromMemorySegment(SPECIES, ALL, a + o, ORDER)
                    .mul(FloatVector.fromMemorySegment(SPECIES, ALL, b + o, ORDER))
                    .intoMemorySegment(ALL, out + o, ORDER);
        }
    }

    /** d = dOut · s·(1 + x·(1 − s)). */
    private static void slopes(long x, long sigmoid, long dOut, long d, int whole) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            long o = 4L * index(i);
            FloatVector s = FloatVector.fromMemorySegment(SPECIES, ALL, sigmoid + o, ORDER);
            FloatVector.fromMemorySegment(SPECIES, ALL, x + o, ORDER)
                    .fma(one.sub(s), one)
                    .mul(s)
                    .mul(FloatVector.fromMemorySegment(SPECIES, ALL, dOut + o, ORDER))
                    .intoMemorySegment(ALL, d + o, ORDER);
        }
    }

    /**
     * out = 1 / (1 + e^−x), e by Cody and Waite's reduction and Taylor's polynomial, fitted to |r|
     * ≤ ln 2 / 2. Calls go to the Vector API directly, which the compiler always inlines.
     */
    private static void sigmoid(long x, long out, int whole) {
        FloatVector c6 = FloatVector.broadcast(SPECIES, 1.9875691e-4f);
        FloatVector c5 = FloatVector.broadcast(SPECIES, 1.3981999e-3f);
        FloatVector c4 = FloatVector.broadcast(SPECIES, 8.3334519e-3f);
        FloatVector c3 = FloatVector.broadcast(SPECIES, 4.1665796e-2f);
        FloatVector c2 = FloatVector.broadcast(SPECIES, 1.6666665e-1f);
        FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector log2E = FloatVector.broadcast(SPECIES, LOG2_E);
        FloatVector rounding = FloatVector.broadcast(SPECIES, ROUNDING);
        FloatVector high = FloatVector.broadcast(SPECIES, LN2_HIGH);
        FloatVector low = FloatVector.broadcast(SPECIES, LN2_LOW);
        FloatVector limit = FloatVector.broadcast(SPECIES, LIMIT);
        FloatVector least = FloatVector.broadcast(SPECIES, -LIMIT);
        long from = base(x);
        long to = base(out);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            long o = 4L * index(i);
            FloatVector v = FloatVector.fromMemorySegment(SPECIES, ALL, from + o, ORDER).neg();
            VectorMask<Float> vanishes = v.compare(VectorOperators.GT, limit);
            v = v.blend(limit, vanishes);
            v = v.blend(least, v.compare(VectorOperators.LT, least));
            FloatVector n = v.fma(log2E, rounding);
            FloatVector power =
                    n.reinterpretAsInts()
                            .lanewise(VectorOperators.LSHL, 23)
                            .add(ONE)
                            .reinterpretAsFloats();
            n = n.sub(rounding);
            FloatVector r = n.fma(low, n.fma(high, v));
            FloatVector y = c6.fma(r, c5).fma(r, c4).fma(r, c3).fma(r, c2).fma(r, half);
            y = y.fma(r.mul(r), r).add(one);
            FloatVector s = one.div(y.fma(power, one)).blend(0f, vanishes);
            s.intoMemorySegment(ALL, to + o, ORDER);
        }
    }
}
