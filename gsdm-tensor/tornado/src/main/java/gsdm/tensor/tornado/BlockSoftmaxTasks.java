package gsdm.tensor.tornado;

import gsdm.tensor.program.BlockSoftmax;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Slot;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * {@link BlockSoftmax} and its gradient, one launch for each kind of nodes. A work item is a node
 * of an example. Numbers: work items, nodes of the kind (at least 1, to divide by), its first
 * value, and values of an example.
 */
final class BlockSoftmaxTasks {
    /** The least variance of noise that options are told apart by. */
    private static final float LEAST_VARIANCE = 1e-12f;

    private BlockSoftmaxTasks() {}

    /** Where the first value of a node is. */
    static int value(IntArray sizes, int at, int i, int options) {
        int nodes = sizes.get(at + 1);
        return i / nodes * sizes.get(at + 3) + sizes.get(at + 2) + i % nodes * options;
    }

    /** Values of one kind as they are: out = x. */
    static void pass(
            KernelContext context, IntArray sizes, IntArray places, FloatArray x, FloatArray out) {
        int at = places.get(0);
        int xAt = places.get(1);
        int outAt = places.get(2);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            int value = value(sizes, at, i, 1);
            out.set(outAt + value, x.get(xAt + value));
        }
    }

    /** out = softmax(x) over the options of a node. */
    static void softmax(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            FloatArray out,
            int options) {
        int at = places.get(0);
        int xAt = places.get(1);
        int outAt = places.get(2);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            int value = value(sizes, at, i, options);
            float largest = x.get(xAt + value);
            for (int o = 1; o < options; o++) {
                largest = TornadoMath.max(largest, x.get(xAt + value + o));
            }
            float total = 0;
            for (int o = 0; o < options; o++) {
                total += TornadoMath.exp(x.get(xAt + value + o) - largest);
            }
            for (int o = 0; o < options; o++) {
                float weight = TornadoMath.exp(x.get(xAt + value + o) - largest);
                out.set(outAt + value + o, weight / total);
            }
        }
    }

    /**
     * By how much a logit x + sharpness·z exceeds another: by differences, since little noise makes
     * all of them large.
     */
    static float excess(
            FloatArray x, int xAt, FloatArray noised, int noisedAt, float sharpness, int than) {
        float ofX = x.get(xAt) - x.get(xAt + than);
        return ofX + sharpness * (noised.get(noisedAt) - noised.get(noisedAt + than));
    }

    /** The same of options weighed by the likelihood of noised values. */
    static void likely(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            FloatArray noised,
            FloatArray levels,
            FloatArray out,
            int options) {
        int at = places.get(0);
        int xAt = places.get(1);
        int noisedAt = places.get(2);
        int levelsAt = places.get(3);
        int outAt = places.get(4);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            int example = i / sizes.get(at + 1);
            float level = levels.get(levelsAt + 2 * example);
            float signal = levels.get(levelsAt + 2 * example + 1);
            float sharpness = signal / TornadoMath.max(level * level, LEAST_VARIANCE);
            int value = value(sizes, at, i, options);
            int x0 = xAt + value;
            int noised0 = noisedAt + value;
            int best = 0;
            for (int o = 1; o < options; o++) {
                if (excess(x, x0 + o, noised, noised0 + o, sharpness, best - o) > 0) {
                    best = o;
                }
            }
            float total = 0;
            for (int o = 0; o < options; o++) {
                float excess = excess(x, x0 + o, noised, noised0 + o, sharpness, best - o);
                total += TornadoMath.exp(excess);
            }
            for (int o = 0; o < options; o++) {
                float excess = excess(x, x0 + o, noised, noised0 + o, sharpness, best - o);
                out.set(outAt + value + o, TornadoMath.exp(excess) / total);
            }
        }
    }

    /** dX = out·(dOut − Σ out·dOut) over the options of a node. */
    static void gradient(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray out,
            FloatArray dOut,
            FloatArray dX,
            int options) {
        int at = places.get(0);
        int outAt = places.get(1);
        int dOutAt = places.get(2);
        int dXAt = places.get(3);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            int value = value(sizes, at, i, options);
            float mean = 0;
            for (int o = 0; o < options; o++) {
                mean += out.get(outAt + value + o) * dOut.get(dOutAt + value + o);
            }
            for (int o = 0; o < options; o++) {
                float d = dOut.get(dOutAt + value + o) - mean;
                dX.set(dXAt + value + o, out.get(outAt + value + o) * d);
            }
        }
    }

    static void lower(BlockSoftmax op, Lowering to) {
        Lowering.Floats x = to.floats(op.x());
        Lowering.Floats noised = to.floats(op.noised());
        Lowering.Floats levels = to.floats(op.levels());
        Lowering.Floats out = to.floats(op.out());
        for (int kind = 0; kind < op.kinds().size(); kind++) {
            int options = op.kinds().get(kind).options();
            int at = numbers(op.kinds(), kind, op.x(), to);
            ToLongFunction<Extents> items = items(op.kinds().get(kind), op.x());
            if (options == 1) {
                pass(x, out, at, items, to);
            } else if (op.noised().present()) {
                to.launch(
                        "softmaxOfLikely",
                        8,
                        items,
                        Lowering.GROUP,
                        (graph, id) ->
                                graph.task(
                                        id,
                                        BlockSoftmaxTasks::likely,
                                        to.context(),
                                        to.sizes(),
                                        to.places(at, x.at(), noised.at(), levels.at(), out.at()),
                                        x.array(),
                                        noised.array(),
                                        levels.array(),
                                        out.array(),
                                        options));
            } else {
                to.launch(
                        "softmax",
                        6,
                        items,
                        Lowering.GROUP,
                        (graph, id) ->
                                graph.task(
                                        id,
                                        BlockSoftmaxTasks::softmax,
                                        to.context(),
                                        to.sizes(),
                                        to.places(at, x.at(), out.at()),
                                        x.array(),
                                        out.array(),
                                        options));
            }
        }
    }

    static void lower(BlockSoftmax.Gradient op, Lowering to) {
        List<NodeKind> kinds = op.softmax().kinds();
        Lowering.Floats out = to.floats(op.softmax().out());
        Lowering.Floats dOut = to.floats(op.dOut());
        Lowering.Floats dX = to.floats(op.dX());
        for (int kind = 0; kind < kinds.size(); kind++) {
            int options = kinds.get(kind).options();
            int at = numbers(kinds, kind, op.dX(), to);
            ToLongFunction<Extents> items = items(kinds.get(kind), op.dX());
            if (options == 1) {
                pass(dOut, dX, at, items, to);
            } else {
                to.launch(
                        "gradientOfSoftmax",
                        7,
                        items,
                        Lowering.GROUP,
                        (graph, id) ->
                                graph.task(
                                        id,
                                        BlockSoftmaxTasks::gradient,
                                        to.context(),
                                        to.sizes(),
                                        to.places(at, out.at(), dOut.at(), dX.at()),
                                        out.array(),
                                        dOut.array(),
                                        dX.array(),
                                        options));
            }
        }
    }

    private static void pass(
            Lowering.Floats x,
            Lowering.Floats out,
            int at,
            ToLongFunction<Extents> items,
            Lowering to) {
        to.launch(
                "pass",
                5,
                items,
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                BlockSoftmaxTasks::pass,
                                to.context(),
                                to.sizes(),
                                to.places(at, x.at(), out.at()),
                                x.array(),
                                out.array()));
    }

    @SuppressWarnings("unchecked")
    private static int numbers(List<NodeKind> kinds, int kind, Slot values, Lowering to) {
        ToLongFunction<Extents> items = items(kinds.get(kind), values);
        return to.numbers(
                extents -> Math.toIntExact(items.applyAsLong(extents)),
                extents -> Math.max(1, extents.of(kinds.get(kind).nodes())),
                extents -> firstValue(kinds, kind, extents),
                Lowering.size(values.shape().last()));
    }

    private static int firstValue(List<NodeKind> kinds, int kind, Extents extents) {
        int value = 0;
        for (NodeKind before : kinds.subList(0, kind)) {
            value += extents.of(before.nodes()) * before.options();
        }
        return value;
    }

    private static ToLongFunction<Extents> items(NodeKind kind, Slot values) {
        return extents -> (long) values.shape().rows(extents) * extents.of(kind.nodes());
    }
}
