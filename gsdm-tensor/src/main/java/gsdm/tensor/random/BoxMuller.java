package gsdm.tensor.random;

/**
 * The two factors of the Box-Muller transform, in double precision, from 32 random bits each.
 *
 * <p>Source: Box and Muller, "A note on the generation of random normal deviates", 1958.
 *
 * <p>{@code Math.log}, {@code sin} and {@code cos} may differ in the last bit between interpreter
 * and compiler; these series (relative error below 3e-9, far under a float's 6e-8) use only
 * operations that Java rounds exactly everywhere. Products and sums are kept apart on purpose:
 * {@code Math.fma} runs in software on machines that lack it.
 */
final class BoxMuller {
    private static final double LN_2 = 0.6931471805599453;
    private static final double RADIANS = 2 * Math.PI * 0x1p-32;
    private static final long SQRT_HALF_BITS = 0x3FE6A09E667F3BCDL;

    private BoxMuller() {}

    /** sqrt(-2 log u) for u = (word + 1/2) / 2³², taking the word as unsigned. */
    static double radius(int word) {
        double u = ((word & 0xFFFFFFFFL) + 0.5) * 0x1p-32;
        // u = m 2^e with m within [√½, √2), where the logarithm is accurate also near u = 1. Here
        // and
        // below bits are moved instead of branched on: no predictor can guess a random bit.
        long bits = Double.doubleToRawLongBits(u);
        long e = (bits - SQRT_HALF_BITS) >> 52;
        double m = Double.longBitsToDouble(bits - (e << 52));
        double s = (m - 1) / (m + 1);
        double z = s * s;
        // log m = 2 artanh s; |s| < 0.1716, so the first term dropped is below 1e-10 of the sum.
        double series =
                1 + z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9 + z * (1.0 / 11)))));
        return Math.sqrt(-2 * (e * LN_2 + 2 * s * series));
    }

    /** cos(2π word / 2³²). */
    static double cosOfTurn(int word) {
        return wave(word + 0x40000000);
    }

    /** sin(2π word / 2³²). */
    static double sinOfTurn(int word) {
        return wave(word);
    }

    /** The sine of a turn: the nearest quarter picks the series, the rest is within ±π/4. */
    private static double wave(int word) {
        int quarter = (word + 0x20000000) >>> 30;
        double x = (word - (quarter << 30)) * RADIANS;
        double z = x * x;
        double sin = -1.0 / 5040 + z * (1.0 / 362880);
        sin = 1.0 / 120 + z * sin;
        sin = -1.0 / 6 + z * sin;
        sin = x + x * z * sin;
        double cos = 1.0 / 40320 + z * (-1.0 / 3628800);
        cos = -1.0 / 720 + z * cos;
        cos = 1.0 / 24 + z * cos;
        cos = 1 + z * (-0.5 + z * cos);
        long sinBits = Double.doubleToRawLongBits(sin);
        long cosBits = Double.doubleToRawLongBits(cos);
        long odd = -(quarter & 1L);
        long negative = (quarter & 2L) << 62;
        return Double.longBitsToDouble(sinBits ^ ((sinBits ^ cosBits) & odd) ^ negative);
    }
}
