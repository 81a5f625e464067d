package gsdm.tensor.tornado;

import uk.ac.manchester.tornado.api.math.TornadoMath;

/**
 * The numbers of {@link gsdm.tensor.random.RandomStream} on a device: the same random bits, and the
 * Box-Muller transform of them in single precision. Shifts are masked, because {@code >>>} is
 * compiled as {@code >>}.
 */
final class DeviceNormals {
    private static final int ROUNDS = 10;
    private static final long LOW = 0xFFFFFFFFL;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final long WEYL_0 = 0x9E3779B9L;
    private static final long WEYL_1 = 0xBB67AE85L;
    private static final long NORMAL = 3;
    private static final long FORK = 5;
    private static final float UNIT = 0x1p-32f;
    private static final float RADIANS = (float) (2 * Math.PI * 0x1p-32);

    private DeviceNormals() {}

    /** See {@link gsdm.tensor.random.Philox#half}. */
    private static long half(long key, long low, long high, int half) {
        long c0 = low & LOW;
        long c1 = (low >> 32) & LOW;
        long c2 = high & LOW;
        long c3 = (high >> 32) & LOW;
        long k0 = key & LOW;
        long k1 = (key >> 32) & LOW;
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = MULTIPLIER_0 * c0;
            long p1 = MULTIPLIER_1 * c2;
            c0 = ((p1 >> 32) & LOW) ^ c1 ^ k0;
            c2 = ((p0 >> 32) & LOW) ^ c3 ^ k1;
            c1 = p1 & LOW;
            c3 = p0 & LOW;
            k0 = (k0 + WEYL_0) & LOW;
            k1 = (k1 + WEYL_1) & LOW;
        }
        long first = (half & 1) == 0 ? c0 : c2;
        long second = (half & 1) == 0 ? c1 : c3;
        return first | (second << 32);
    }

    /** The key of a child. */
    static long fork(long key, int label) {
        return half(key, label, FORK, 0);
    }

    /** A standard normal number. */
    static float normal(long key, long index) {
        long pair = half(key, index >> 2, NORMAL, (int) (index >> 1));
        float angle = (int) (pair >> 32) * RADIANS;
        float wave = (index & 1) == 0 ? TornadoMath.cos(angle) : TornadoMath.sin(angle);
        return radius(pair & LOW) * wave;
    }

    /** √(−2 log u) for u = (word + ½) / 2³². */
    private static float radius(long word) {
        float log;
        if (word < 0x80000000L) {
            log = TornadoMath.log((word + 0.5f) * UNIT);
        } else {
            // near 1 what u lacks of it is exact, as in Kahan's log1p
            float lacks = ((LOW - word) + 0.5f) * UNIT;
            float u = 1 - lacks;
            float rounded = 1 - u;
            log = rounded == 0 ? 0 - lacks : TornadoMath.log(u) * (lacks / rounded);
        }
        return TornadoMath.sqrt(-2 * log);
    }
}
