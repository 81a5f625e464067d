package gsdm.tensor.cpu.vector.elementwise;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;

import gsdm.tensor.cpu.vector.core.Silu;
import gsdm.tensor.program.Activation;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of one number and their slopes: by vectors but for SiLU, which {@link Silu} has, and
 * one by one.
 */
final class Activations {
    private static final float LEAK = (float) Activation.Function.LEAK;

    private Activations() {}

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

    static float leak(Activation.Function function) {
        return switch (function) {
            case LEAKY_RELU -> LEAK;
            case RELU -> 0;
            case SILU -> throw new IllegalArgumentException("SiLU has no leak");
        };
    }

    static float value(Activation.Function function, float x) {
        return switch (function) {
            case SILU -> Silu.value(x);
            case RELU -> x < 0 ? 0 : x;
            case LEAKY_RELU -> x < 0 ? LEAK * x : x;
        };
    }

    static float slope(Activation.Function function, float x) {
        return switch (function) {
            case SILU -> Silu.slope(x);
            case RELU, LEAKY_RELU -> x > 0 ? 1 : leak(function);
        };
    }
}
