package gsdm.tensor.cpu.vector;

import static gsdm.tensor.cpu.vector.Lanes.SPECIES;

import gsdm.tensor.program.Op;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Functions of one number and their slopes, by vectors and, for what is left over, one by one. */
final class Activations {
    private static final float LEAK = 0.01f;

    private Activations() {}

    static FloatVector sigmoid(FloatVector x) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        return one.div(VectorMath.exp(x.neg()).add(one));
    }

    static FloatVector silu(FloatVector x) {
        return x.mul(sigmoid(x));
    }

    /** s·(1 + x·(1 − s)), s the sigmoid. */
    static FloatVector siluSlope(FloatVector x) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector s = sigmoid(x);
        return x.fma(one.sub(s), one).mul(s);
    }

    static FloatVector relu(FloatVector x) {
        return x.blend(0f, x.compare(VectorOperators.LT, 0f));
    }

    static FloatVector leakyRelu(FloatVector x) {
        return x.blend(x.mul(LEAK), x.compare(VectorOperators.LT, 0f));
    }

    /** 1 above zero, else the leak. */
    static FloatVector stepSlope(FloatVector x, float leak) {
        return FloatVector.broadcast(SPECIES, leak).blend(1f, x.compare(VectorOperators.GT, 0f));
    }

    static float leak(Op.Function function) {
        return switch (function) {
            case LEAKY_RELU -> LEAK;
            case RELU -> 0;
            case SILU -> throw new IllegalArgumentException("SiLU has no leak");
        };
    }

    static float value(Op.Function function, float x) {
        return switch (function) {
            case SILU -> (float) (x * sigmoid((double) x));
            case RELU -> x < 0 ? 0 : x;
            case LEAKY_RELU -> x < 0 ? LEAK * x : x;
        };
    }

    static float slope(Op.Function function, float x) {
        return switch (function) {
            case SILU -> {
                double s = sigmoid((double) x);
                yield (float) (s * (1 + x * (1 - s)));
            }
            case RELU, LEAKY_RELU -> x > 0 ? 1 : leak(function);
        };
    }

    private static double sigmoid(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }
}
