package gsdm.tensor.tornado;

import static gsdm.tensor.tornado.Saturated.INFINITE;
import static gsdm.tensor.tornado.Saturated.MORE_THAN_INFINITE;
import static gsdm.tensor.tornado.Saturated.NOTHING;
import static gsdm.tensor.tornado.Saturated.exp;
import static gsdm.tensor.tornado.Saturated.plus;
import static gsdm.tensor.tornado.Saturated.saturated;
import static gsdm.tensor.tornado.Saturated.tanh;
import static gsdm.tensor.tornado.Saturated.times;

import gsdm.tensor.program.Definitions;
import gsdm.tensor.program.Definitions.Code;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Residuals;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.function.ToLongFunction;

/**
 * {@link Residuals}: estimates, then definitions and back through them, then what reads a node. A
 * work item is a node of an example, or one of a few that share the reads of a node.
 *
 * <p>What is infinite or no number is as {@link Saturated} has it.
 *
 * <p>Numbers: nodes of all examples, of an example (at least 1, to divide by), its instructions,
 * and where bounds, scales and the lists of the definitions start; beside them those of the kinds.
 */
final class ResidualTasks {
    /** What is larger is as good as infinite once it is bounded. */
    private static final float UNBOUNDED = 1e6f;

    /** The squares of ten million derivatives that large add up to a float. */
    private static final float LARGEST_DERIVATIVE = 1e15f;

    private static final float LEAST_VARIANCE = 1e-12f;

    /** Work items that share the reads of a node. */
    private static final int SHARING = 8;

    /** Reads that a work item adds up before it adds them to the others. */
    private static final int RUN = 32;

    private static final int FEATURES = Residuals.FEATURES;

    private static final int NODES = 1;
    private static final int INSTRUCTIONS = 2;
    private static final int BOUNDS = 3;
    private static final int SCALES = 4;
    private static final int POINTERS = 5;
    private static final int CODES = 6;
    private static final int OPERANDS = 7;
    private static final int CONSTANTS = 8;
    private static final int READ_POINTERS = 9;
    private static final int READS = 10;

    // The ordinals of Definitions.Code: a kernel can call no method of an enum.
    private static final int READ = Code.READ.ordinal();
    private static final int CONSTANT = Code.CONSTANT.ordinal();
    private static final int RELU = Code.RELU.ordinal();
    private static final int TANH = Code.TANH.ordinal();
    private static final int EXP = Code.EXP.ordinal();
    private static final int PLUS = Code.PLUS.ordinal();
    private static final int MINUS = Code.MINUS.ordinal();
    private static final int TIMES = Code.TIMES.ordinal();

    private ResidualTasks() {}

    /** x / √(1 + (x / bound)²); 0 of what is no number. */
    static float bounded(float x) {
        float result = 0;
        if (TornadoMath.abs(x) <= MORE_THAN_INFINITE) {
            float finite = TornadoMath.max(-UNBOUNDED, TornadoMath.min(UNBOUNDED, x));
            float share = finite / Residuals.BOUND;
            result = finite / TornadoMath.sqrt(1 + share * share);
        }
        return result;
    }

    /** The array of a node. */
    static int arrayOf(IntArray sizes, int at, int kindsAt, IntArray bounds, int arrays, int node) {
        int value = KindNumbers.valueOf(sizes, KindNumbers.kindOfNode(sizes, kindsAt, node), node);
        return KindNumbers.arrayOf(bounds, sizes.get(at + BOUNDS), arrays, value);
    }

    /** The category itself where it is known, else its mean. */
    static float category(FloatArray values, int at, int options, float sharpness, float known) {
        float largest = values.get(at);
        for (int k = 1; k < options; k++) {
            largest = TornadoMath.max(largest, values.get(at + k));
        }
        float sum = 0;
        float total = 0;
        for (int k = 0; k < options; k++) {
            float x = values.get(at + k);
            float weight = x;
            if (known == 0) {
                weight = TornadoMath.exp(sharpness * (x - largest));
            }
            sum += k * weight;
            total += weight;
        }
        if (known == 0) {
            sum = sum / total;
        }
        return sum;
    }

    /** The estimate of each node, given its own noised value alone. */
    static void estimate(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray values,
            FloatArray observed,
            FloatArray levels,
            FloatArray scales,
            IntArray bounds,
            int arrays,
            FloatArray estimates) {
        int at = places.get(0);
        int kindsAt = places.get(1);
        int valuesAt = places.get(2);
        int observedAt = places.get(3);
        int levelsAt = places.get(4);
        int estimatesAt = places.get(5);
        int i = context.globalIdx;
        int nodes = sizes.get(at + NODES);
        if (i < sizes.get(at)) {
            int example = i / nodes;
            int node = i % nodes;
            int kind = KindNumbers.kindOfNode(sizes, kindsAt, node);
            int options = KindNumbers.options(sizes, kind);
            int first = valuesAt + example * KindNumbers.values(sizes, kindsAt);
            int value = first + KindNumbers.valueOf(sizes, kind, node);
            float known = observed.get(observedAt + i);
            float level = levels.get(levelsAt + 2 * example);
            float signal = levels.get(levelsAt + 2 * example + 1);
            float scaled = values.get(value);
            if (options > 1) {
                float sharpness = signal / TornadoMath.max(level * level, LEAST_VARIANCE);
                scaled = category(values, value, options, sharpness, known);
            } else if (known == 0) {
                scaled = signal * scaled;
            }
            int array = arrayOf(sizes, at, kindsAt, bounds, arrays, node);
            int scale = sizes.get(at + SCALES) + 2 * array;
            float estimate = scales.get(scale) + scaled / scales.get(scale + 1);
            estimates.set(estimatesAt + i, estimate);
        }
    }

    /** What an instruction of one operand or two gives. */
    static float apply(int code, float left, float x) {
        float result = TornadoMath.max(left, x);
        if (code == RELU) {
            result = TornadoMath.max(x, 0f);
        } else if (code == TANH) {
            result = tanh(x);
        } else if (code == EXP) {
            result = exp(x);
        } else if (code == PLUS) {
            result = plus(left, x);
        } else if (code == MINUS) {
            result = plus(left, -x);
        } else if (code == TIMES) {
            result = times(left, x);
        }
        return result;
    }

    /** What each instruction of a node's definition gives. */
    static void forwards(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            IntArray pointers,
            IntArray codes,
            IntArray operands,
            FloatArray constants,
            FloatArray estimates,
            FloatArray results) {
        int at = places.get(0);
        int estimatesAt = places.get(1);
        int resultsAt = places.get(2);
        int i = context.globalIdx;
        int nodes = sizes.get(at + NODES);
        if (i < sizes.get(at)) {
            int example = i / nodes;
            int from = pointers.get(sizes.get(at + POINTERS) + i % nodes);
            int to = pointers.get(sizes.get(at + POINTERS) + i % nodes + 1);
            int tape = resultsAt + example * sizes.get(at + INSTRUCTIONS);
            float result = 0;
            for (int t = from; t < to; t++) {
                int code = codes.get(sizes.get(at + CODES) + t);
                int operand = operands.get(sizes.get(at + OPERANDS) + t);
                if (code == READ) {
                    result = saturated(estimates.get(estimatesAt + example * nodes + operand));
                } else if (code == CONSTANT) {
                    result = saturated(constants.get(sizes.get(at + CONSTANTS) + t));
                } else {
                    float left = result;
                    if (code > EXP) {
                        left = results.get(tape + from + operand);
                    }
                    result = apply(code, left, result);
                }
                results.set(tape + t, result);
            }
        }
    }

    /** The residual of a node, in the scaled units of its array. */
    static float residual(float estimate, float result, float factor) {
        return times(plus(saturated(estimate), -result), factor);
    }

    /** Back through each node's definition. */
    static void backwards(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            IntArray bounds,
            int arrays,
            IntArray pointers,
            IntArray codes,
            IntArray operands,
            FloatArray scales,
            FloatArray results,
            FloatArray derivatives) {
        int at = places.get(0);
        int kindsAt = places.get(1);
        int resultsAt = places.get(2);
        int derivativesAt = places.get(3);
        int i = context.globalIdx;
        int nodes = sizes.get(at + NODES);
        if (i < sizes.get(at)) {
            int from = pointers.get(sizes.get(at + POINTERS) + i % nodes);
            int to = pointers.get(sizes.get(at + POINTERS) + i % nodes + 1);
            int tape = resultsAt + i / nodes * sizes.get(at + INSTRUCTIONS);
            int back = derivativesAt + i / nodes * sizes.get(at + INSTRUCTIONS);
            if (from < to) {
                int array = arrayOf(sizes, at, kindsAt, bounds, arrays, i % nodes);
                float factor = scales.get(sizes.get(at + SCALES) + 2 * array + 1);
                derivatives.set(back + to - 1, factor);
            }
            for (int t = to - 1; t > from; t--) {
                int code = codes.get(sizes.get(at + CODES) + t);
                if (code > CONSTANT) {
                    float by = derivatives.get(back + t);
                    float right = results.get(tape + t - 1);
                    float byRight = by;
                    if (code > EXP) {
                        int operand = from + operands.get(sizes.get(at + OPERANDS) + t);
                        float left = results.get(tape + operand);
                        float byLeft = by;
                        if (code == MINUS) {
                            byRight = -by;
                        } else if (code == TIMES) {
                            byLeft = times(by, right);
                            byRight = times(by, left);
                        } else if (code > TIMES) {
                            if (right > left && right <= MORE_THAN_INFINITE) {
                                byLeft = 0;
                            } else {
                                byRight = 0;
                            }
                        }
                        derivatives.set(back + operand, byLeft);
                    } else if (code == RELU) {
                        if (right <= 0 || right > MORE_THAN_INFINITE) {
                            byRight = 0;
                        }
                    } else {
                        float slope = results.get(tape + t);
                        if (code == TANH && slope <= 1) {
                            slope = (1 - slope) * (1 + slope);
                        }
                        byRight = times(by, slope);
                    }
                    derivatives.set(back + t - 1, byRight);
                }
            }
        }
    }

    /** The features that each node's definition gives, the first and the last; 0 in between. */
    static void define(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            IntArray bounds,
            int arrays,
            IntArray pointers,
            FloatArray scales,
            FloatArray estimates,
            FloatArray results,
            FloatArray out) {
        int at = places.get(0);
        int kindsAt = places.get(1);
        int estimatesAt = places.get(2);
        int resultsAt = places.get(3);
        int outAt = places.get(4);
        int i = context.globalIdx;
        int nodes = sizes.get(at + NODES);
        if (i < sizes.get(at)) {
            int array = arrayOf(sizes, at, kindsAt, bounds, arrays, i % nodes);
            float residual = 0;
            float value = 0;
            int from = pointers.get(sizes.get(at + POINTERS) + i % nodes);
            int to = pointers.get(sizes.get(at + POINTERS) + i % nodes + 1);
            if (from < to) {
                float mean = scales.get(sizes.get(at + SCALES) + 2 * array);
                float factor = scales.get(sizes.get(at + SCALES) + 2 * array + 1);
                int tape = resultsAt + i / nodes * sizes.get(at + INSTRUCTIONS);
                float result = results.get(tape + to - 1);
                residual = residual(estimates.get(estimatesAt + i), result, factor);
                value = times(plus(result, -mean), factor);
            }
            int row = outAt + i * FEATURES * arrays;
            for (int feature = 0; feature < FEATURES * arrays; feature++) {
                out.set(row + feature, 0f);
            }
            out.set(row + FEATURES * array, bounded(residual));
            out.set(row + FEATURES * array + 2, bounded(value));
        }
    }

    /** Leaves the residual where an instruction reads, in place of a result not needed again. */
    static void leaveResidual(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            IntArray bounds,
            int arrays,
            IntArray pointers,
            IntArray codes,
            FloatArray scales,
            FloatArray estimates,
            FloatArray results) {
        int at = places.get(0);
        int kindsAt = places.get(1);
        int estimatesAt = places.get(2);
        int resultsAt = places.get(3);
        int i = context.globalIdx;
        int nodes = sizes.get(at + NODES);
        if (i < sizes.get(at)) {
            int from = pointers.get(sizes.get(at + POINTERS) + i % nodes);
            int to = pointers.get(sizes.get(at + POINTERS) + i % nodes + 1);
            int tape = resultsAt + i / nodes * sizes.get(at + INSTRUCTIONS);
            float residual = 0;
            if (from < to) {
                int array = arrayOf(sizes, at, kindsAt, bounds, arrays, i % nodes);
                float factor = scales.get(sizes.get(at + SCALES) + 2 * array + 1);
                float estimate = estimates.get(estimatesAt + i);
                residual = residual(estimate, results.get(tape + to - 1), factor);
            }
            for (int t = from; t < to; t++) {
                if (codes.get(sizes.get(at + CODES) + t) == READ) {
                    results.set(tape + t, residual);
                }
            }
        }
    }

    /**
     * A residual beside a derivative that is limited to {@link #LARGEST_DERIVATIVE}, so that its
     * square is a float: lessened alike, so that what this reader alone asks for stays the same. 0
     * beside a derivative of 0, whatever it is, and beside an infinite one.
     */
    static float beside(float derivative, float residual) {
        float size = TornadoMath.abs(derivative);
        float result =
                times(residual, LARGEST_DERIVATIVE / TornadoMath.max(size, LARGEST_DERIVATIVE));
        if (size == 0) {
            result = 0;
        }
        if (size >= INFINITE) {
            result = 0;
        }
        if (size > MORE_THAN_INFINITE) {
            result = NOTHING;
        }
        return result;
    }

    /** What reads a node asks it to move by: the feature in the middle. */
    static void ask(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            IntArray bounds,
            int arrays,
            IntArray readPointers,
            IntArray reads,
            FloatArray scales,
            FloatArray results,
            FloatArray derivatives,
            FloatArray out) {
        int at = places.get(0);
        int kindsAt = places.get(1);
        int resultsAt = places.get(2);
        int derivativesAt = places.get(3);
        int outAt = places.get(4);
        float[] pulls = context.allocateFloatLocalArray(Lowering.GROUP);
        float[] curvatures = context.allocateFloatLocalArray(Lowering.GROUP);
        int item = context.localIdx;
        int part = item % SHARING;
        int i = context.globalIdx / SHARING;
        int nodes = sizes.get(at + NODES);
        int all = sizes.get(at);
        int array = 0;
        float pull = 0;
        float curvature = 0;
        if (i < all) {
            array = arrayOf(sizes, at, kindsAt, bounds, arrays, i % nodes);
            float scale = 1 / scales.get(sizes.get(at + SCALES) + 2 * array + 1);
            int tape = i / nodes * sizes.get(at + INSTRUCTIONS);
            int list = sizes.get(at + READS);
            int first = readPointers.get(sizes.get(at + READ_POINTERS) + i % nodes) + part;
            int end = readPointers.get(sizes.get(at + READ_POINTERS) + i % nodes + 1);
            for (int run = first; run < end; run += SHARING * RUN) {
                int last = Math.min(end, run + SHARING * RUN);
                float pullOfRun = 0;
                float curvatureOfRun = 0;
                for (int r = run; r < last; r += SHARING) {
                    int read = tape + reads.get(list + r);
                    float derivative = times(derivatives.get(derivativesAt + read), scale);
                    float residual = beside(derivative, results.get(resultsAt + read));
                    float limited =
                            TornadoMath.max(
                                    -LARGEST_DERIVATIVE,
                                    TornadoMath.min(LARGEST_DERIVATIVE, derivative));
                    pullOfRun = plus(pullOfRun, times(residual, limited));
                    curvatureOfRun = plus(curvatureOfRun, limited * limited);
                }
                pull = plus(pull, pullOfRun);
                curvature = plus(curvature, curvatureOfRun);
            }
        }
        pulls[item] = pull;
        curvatures[item] = curvature;
        context.localBarrier();
        if (i < all && part == 0) {
            for (int other = 1; other < SHARING; other++) {
                pull = plus(pull, pulls[item + other]);
                curvature = plus(curvature, curvatures[item + other]);
            }
            float asked = times(pull, 1 / (1 + curvature));
            out.set(outAt + i * FEATURES * arrays + FEATURES * array + 1, bounded(asked));
        }
    }

    static void lower(Residuals op, Lowering to) {
        int arrays = op.bounds().shape().last().size() - 1;
        Lowering.Floats values = to.floats(op.values());
        Lowering.Floats observed = to.floats(op.observed());
        Lowering.Floats levels = to.floats(op.levels());
        Lowering.Floats scales = to.floats(op.scales());
        Lowering.Floats estimates = to.floats(op.estimates());
        Lowering.Floats results = to.floats(op.results());
        Lowering.Floats derivatives = to.floats(op.derivatives());
        Lowering.Floats out = to.floats(op.out());
        Lowering.Ints bounds = to.ints(op.bounds());
        Definitions definitions = op.definitions();
        Lowering.Ints pointers = to.ints(definitions.pointers());
        Lowering.Ints codes = to.ints(definitions.codes());
        Lowering.Ints operands = to.ints(definitions.operands());
        Lowering.Floats constants = to.floats(definitions.constants());
        Lowering.Ints readPointers = to.ints(definitions.readPointers());
        Lowering.Ints reads = to.ints(definitions.reads());
        ToLongFunction<Extents> nodes = Lowering.elements(op.observed());
        int at =
                to.numbers(
                        extents -> Math.toIntExact(nodes.applyAsLong(extents)),
                        extents -> Math.max(1, op.observed().shape().columns(extents)),
                        Lowering.size(op.results().shape().last()),
                        _ -> bounds.at(),
                        _ -> scales.at(),
                        _ -> pointers.at(),
                        _ -> codes.at(),
                        _ -> operands.at(),
                        _ -> constants.at(),
                        _ -> readPointers.at(),
                        _ -> reads.at());
        int kinds = KindNumbers.of(op.kinds(), op.values(), to);
        to.launch(
                "estimate",
                10,
                nodes,
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ResidualTasks::estimate,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        at,
                                        kinds,
                                        values.at(),
                                        observed.at(),
                                        levels.at(),
                                        estimates.at()),
                                values.array(),
                                observed.array(),
                                levels.array(),
                                scales.array(),
                                bounds.array(),
                                arrays,
                                estimates.array()));
        to.launch(
                "forwards",
                9,
                nodes,
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ResidualTasks::forwards,
                                to.context(),
                                to.sizes(),
                                to.places(at, estimates.at(), results.at()),
                                pointers.array(),
                                codes.array(),
                                operands.array(),
                                constants.array(),
                                estimates.array(),
                                results.array()));
        to.launch(
                "backwards",
                11,
                nodes,
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ResidualTasks::backwards,
                                to.context(),
                                to.sizes(),
                                to.places(at, kinds, results.at(), derivatives.at()),
                                bounds.array(),
                                arrays,
                                pointers.array(),
                                codes.array(),
                                operands.array(),
                                scales.array(),
                                results.array(),
                                derivatives.array()));
        to.launch(
                "define",
                10,
                nodes,
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ResidualTasks::define,
                                to.context(),
                                to.sizes(),
                                to.places(at, kinds, estimates.at(), results.at(), out.at()),
                                bounds.array(),
                                arrays,
                                pointers.array(),
                                scales.array(),
                                estimates.array(),
                                results.array(),
                                out.array()));
        to.launch(
                "leaveResidual",
                10,
                nodes,
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ResidualTasks::leaveResidual,
                                to.context(),
                                to.sizes(),
                                to.places(at, kinds, estimates.at(), results.at()),
                                bounds.array(),
                                arrays,
                                pointers.array(),
                                codes.array(),
                                scales.array(),
                                estimates.array(),
                                results.array()));
        to.launch(
                "ask",
                11,
                extents -> SHARING * nodes.applyAsLong(extents),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                ResidualTasks::ask,
                                to.context(),
                                to.sizes(),
                                to.places(at, kinds, results.at(), derivatives.at(), out.at()),
                                bounds.array(),
                                arrays,
                                readPointers.array(),
                                reads.array(),
                                scales.array(),
                                results.array(),
                                derivatives.array(),
                                out.array()));
    }
}
