package gsdm.tensor.tornado;

import gsdm.tensor.program.Activation;
import gsdm.tensor.program.Activation.Function;
import gsdm.tensor.program.Add;
import gsdm.tensor.program.Copy;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Activation} and its gradient, {@link Add}, {@link Copy}. A work item is an element;
 * numbers: elements.
 */
final class ElementwiseTasks {
    private static final int SILU = Function.SILU.ordinal();
    private static final int RELU = Function.RELU.ordinal();
    private static final float LEAK = (float) Function.LEAK;

    private ElementwiseTasks() {}

    /** 1 / (1 + exp(−x)), from the exponential that is at most 1. */
    static float sigmoid(float x) {
        float small = TornadoMath.exp(x > 0 ? 0 - x : x);
        float above = 1 / (1 + small);
        return x > 0 ? above : small * above;
    }

    /** out = function(x); the function by its ordinal. */
    static void activate(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            int function,
            FloatArray x,
            FloatArray out) {
        int at = places.get(0);
        int xAt = places.get(1);
        int outAt = places.get(2);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            float value = x.get(xAt + i);
            float result;
            if (function == SILU) {
                result = value * sigmoid(value);
            } else if (function == RELU) {
                result = value > 0 ? value : 0;
            } else {
                result = value > 0 ? value : LEAK * value;
            }
            out.set(outAt + i, result);
        }
    }

    /** dX = dOut · function'(x) + add. */
    static void activateBackward(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            int function,
            FloatArray x,
            FloatArray dOut,
            FloatArray add,
            int adds,
            FloatArray dX) {
        int at = places.get(0);
        int xAt = places.get(1);
        int dOutAt = places.get(2);
        int addAt = places.get(3);
        int dXAt = places.get(4);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            float value = x.get(xAt + i);
            float slope;
            if (function == SILU) {
                float share = sigmoid(value);
                slope = share * (1 + value * (1 - share));
            } else if (function == RELU) {
                slope = value > 0 ? 1 : 0;
            } else {
                slope = value > 0 ? 1 : LEAK;
            }
            float d = dOut.get(dOutAt + i) * slope;
            if (adds != 0) {
                d += add.get(addAt + i);
            }
            dX.set(dXAt + i, d);
        }
    }

    /** out = a + b. */
    static void sum(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray a,
            FloatArray b,
            FloatArray out) {
        int at = places.get(0);
        int aAt = places.get(1);
        int bAt = places.get(2);
        int outAt = places.get(3);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            out.set(outAt + i, a.get(aAt + i) + b.get(bAt + i));
        }
    }

    /** out = x. */
    static void copy(
            KernelContext context, IntArray sizes, IntArray places, FloatArray x, FloatArray out) {
        int at = places.get(0);
        int xAt = places.get(1);
        int outAt = places.get(2);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            out.set(outAt + i, x.get(xAt + i));
        }
    }

    static void lower(Activation op, Lowering to) {
        int at = to.numbers(Lowering.count(op.out()));
        int function = op.function().ordinal();
        Lowering.Floats x = to.floats(op.x());
        Lowering.Floats out = to.floats(op.out());
        to.launch(
                "activate",
                6,
                Lowering.elements(op.out()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ElementwiseTasks::activate,
                                to.context(),
                                to.sizes(),
                                to.places(at, x.at(), out.at()),
                                function,
                                x.array(),
                                out.array()));
    }

    static void lower(Activation.Gradient op, Lowering to) {
        int at = to.numbers(Lowering.count(op.dX()));
        int function = op.function().ordinal();
        int adds = op.add().present() ? 1 : 0;
        Lowering.Floats x = to.floats(op.x());
        Lowering.Floats dOut = to.floats(op.dOut());
        Lowering.Floats add = to.floats(op.add());
        Lowering.Floats dX = to.floats(op.dX());
        to.launch(
                "activateBackward",
                9,
                Lowering.elements(op.dX()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ElementwiseTasks::activateBackward,
                                to.context(),
                                to.sizes(),
                                to.places(at, x.at(), dOut.at(), add.at(), dX.at()),
                                function,
                                x.array(),
                                dOut.array(),
                                add.array(),
                                adds,
                                dX.array()));
    }

    static void lower(Add op, Lowering to) {
        int at = to.numbers(Lowering.count(op.out()));
        Lowering.Floats a = to.floats(op.a());
        Lowering.Floats b = to.floats(op.b());
        Lowering.Floats out = to.floats(op.out());
        to.launch(
                "add",
                6,
                Lowering.elements(op.out()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ElementwiseTasks::sum,
                                to.context(),
                                to.sizes(),
                                to.places(at, a.at(), b.at(), out.at()),
                                a.array(),
                                b.array(),
                                out.array()));
    }

    static void lower(Copy op, Lowering to) {
        int at = to.numbers(Lowering.count(op.out()));
        Lowering.Floats x = to.floats(op.x());
        Lowering.Floats out = to.floats(op.out());
        to.launch(
                "copy",
                5,
                Lowering.elements(op.out()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ElementwiseTasks::copy,
                                to.context(),
                                to.sizes(),
                                to.places(at, x.at(), out.at()),
                                x.array(),
                                out.array()));
    }
}
