package gsdm.tensor.tornado;

import uk.ac.manchester.tornado.api.math.TornadoMath;

/**
 * Arithmetic of floats for devices that need not know infinities, nor what is no number: ±{@link
 * #INFINITE} stands for an infinity, and {@link #NOTHING} for what is no number. All methods give
 * these where floats would give those.
 */
final class Saturated {
    static final float INFINITE = 1.7e38f; // twice this is no overflow
    static final float NOTHING = 3e38f;

    /** Beyond this is {@link #NOTHING} alone. */
    static final float MORE_THAN_INFINITE = 2e38f;

    private Saturated() {}

    /** x, infinite where it is larger than that. */
    static float saturated(float x) {
        return TornadoMath.max(-INFINITE, TornadoMath.min(INFINITE, x));
    }

    /** a + b. */
    static float plus(float a, float b) {
        float result = saturated(a + b);
        float x = TornadoMath.abs(a);
        float y = TornadoMath.abs(b);
        if (x >= INFINITE) {
            result = a;
        }
        if (y >= INFINITE) {
            result = b;
            if (x >= INFINITE) {
                if (a != b) {
                    result = NOTHING;
                }
            }
        }
        if (TornadoMath.max(x, y) > MORE_THAN_INFINITE) {
            result = NOTHING;
        }
        return result;
    }

    /** a·b. */
    static float times(float a, float b) {
        float x = TornadoMath.abs(a);
        float y = TornadoMath.abs(b);
        float most = TornadoMath.max(x, y);
        float least = TornadoMath.min(x, y);
        float result = 0;
        if (most > MORE_THAN_INFINITE) {
            result = NOTHING;
        } else if (least == 0) {
            if (most >= INFINITE) {
                result = NOTHING;
            }
        } else {
            float limit = INFINITE / TornadoMath.max(1.0f, least);
            if (most < limit) {
                result = a * b;
            } else {
                float sign = a < 0 ? -1 : 1;
                result = b < 0 ? -sign * INFINITE : sign * INFINITE;
            }
        }
        return result;
    }

    /** Infinite where floats, or nearly, end. */
    static float exp(float x) {
        float result = INFINITE;
        if (x > MORE_THAN_INFINITE) {
            result = NOTHING;
        } else if (x < 88) {
            result = TornadoMath.exp(TornadoMath.max(x, -104));
        }
        return result;
    }

    /** By the polynomial of Cephes near 0, where 1 − 2 / (exp(2x) + 1) is no good. */
    static float tanh(float x) {
        float size = TornadoMath.abs(x);
        float result;
        if (size > MORE_THAN_INFINITE) {
            result = NOTHING;
        } else if (size < 0.625f) {
            float z = x * x;
            float p = -5.70498872745e-3f;
            p = p * z + 2.06390887954e-2f;
            p = p * z - 5.37397155531e-2f;
            p = p * z + 1.33314422036e-1f;
            p = p * z - 3.33332819422e-1f;
            result = x + x * z * p;
        } else {
            result = 1 - 2 / (TornadoMath.exp(2 * TornadoMath.min(size, 20)) + 1);
            if (x < 0) {
                result = -result;
            }
        }
        return result;
    }
}
