package gsdm.tensor.cpu.scalar;

import gsdm.tensor.program.Activation;

/**
 * Functions of one number and their slopes. {@link StrictMath} gives the same bits whether its
 * callers are interpreted or compiled, on every machine.
 */
final class Functions {
    /** The least variance of noise that categories are told apart by. */
    private static final double LEAST_VARIANCE = 1e-12;

    private Functions() {}

    /** What a noised one-hot value is multiplied by in the logit of its option. */
    static double sharpness(double level, double signal) {
        return signal / Math.max(level * level, LEAST_VARIANCE);
    }

    static double value(Activation.Function function, double x) {
        return switch (function) {
            case SILU -> silu(x);
            case RELU -> x < 0 ? 0 : x;
            case LEAKY_RELU -> x < 0 ? Activation.Function.LEAK * x : x;
        };
    }

    static double slope(Activation.Function function, double x) {
        return switch (function) {
            case SILU -> siluSlope(x);
            case RELU -> x > 0 ? 1 : 0;
            case LEAKY_RELU -> x > 0 ? 1 : Activation.Function.LEAK;
        };
    }

    static double silu(double x) {
        return x * sigmoid(x);
    }

    static double siluSlope(double x) {
        double s = sigmoid(x);
        return s * (1 + x * (1 - s));
    }

    private static double sigmoid(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }
}
