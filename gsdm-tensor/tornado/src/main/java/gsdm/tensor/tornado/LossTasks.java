package gsdm.tensor.tornado;

import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Loss;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * {@link Loss} and its gradient.
 *
 * <p>The values of an example are cut into chunks. What an array has in a chunk is a piece; the
 * arrays before and the chunks before tell pieces apart, since either grows from one to the next.
 *
 * <p>Numbers, beside the {@link KindNumbers}: examples, values of a chunk, pieces of an example,
 * and of each kind whether its criterion is cross-entropy.
 */
final class LossTasks {
    private static final int GROUP = ColumnSumTasks.GROUP;

    /** The least values of a chunk, while there are few chunks. */
    private static final int LENGTH = 1024;

    private static final int MOST_CHUNKS = 256;

    private static final int CRITERIA = 3;

    private static final float LEAST = (float) Loss.Criterion.LEAST;

    private LossTasks() {}

    /** The first value of the array: a node belongs to the array of its first value. */
    static int first(IntArray sizes, int kindsAt, IntArray bounds, int boundsAt, int array) {
        int bound = bounds.get(boundsAt + array);
        int kind = KindNumbers.kindOf(sizes, kindsAt, bound);
        int options = KindNumbers.options(sizes, kind);
        return bound + (options - KindNumbers.option(sizes, kind, bound)) % options;
    }

    /** Whether the criterion of a kind is cross-entropy. */
    static int isCrossEntropy(IntArray sizes, int kindsAt, int at, int kind) {
        return sizes.get(at + CRITERIA + KindNumbers.number(kindsAt, kind));
    }

    /**
     * The errors of pieces, [B, pieces, 2]: of continuous values and of discrete ones. A group has
     * a piece.
     */
    static void pieces(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray prediction,
            FloatArray target,
            FloatArray observed,
            IntArray bounds,
            int arrays,
            FloatArray pieces) {
        int kindsAt = places.get(0);
        int at = places.get(1);
        int predictionAt = places.get(2);
        int targetAt = places.get(3);
        int observedAt = places.get(4);
        int boundsAt = places.get(5);
        int piecesAt = places.get(6);
        int item = context.localIdx;
        int ofExample = sizes.get(kindsAt + 1);
        int nodes = sizes.get(kindsAt + 2);
        int length = sizes.get(at + 1);
        int example = context.groupIdx / sizes.get(at + 2);
        int piece = context.groupIdx % sizes.get(at + 2);
        int array = 0;
        int beyond = arrays;
        while (beyond - array > 1) {
            int middle = (array + beyond) / 2;
            if (middle + first(sizes, kindsAt, bounds, boundsAt, middle) / length <= piece) {
                array = middle;
            } else {
                beyond = middle;
            }
        }
        int chunk = piece - array;
        int from = Math.max(first(sizes, kindsAt, bounds, boundsAt, array), chunk * length);
        int end = first(sizes, kindsAt, bounds, boundsAt, array + 1);
        end = Math.min(end, (chunk + 1) * length);
        float continuous = 0;
        float discrete = 0;
        if (example < sizes.get(at)) {
            for (int value = from + item; value < end; value += GROUP) {
                int kind = KindNumbers.kindOf(sizes, kindsAt, value);
                int node = KindNumbers.node(sizes, kind, value);
                if (observed.get(observedAt + example * nodes + node) == 0) {
                    int i = example * ofExample + value;
                    float of = prediction.get(predictionAt + i);
                    float wanted = target.get(targetAt + i);
                    float error = (of - wanted) * (of - wanted);
                    if (isCrossEntropy(sizes, kindsAt, at, kind) != 0) {
                        float probability = of < LEAST ? LEAST : of;
                        error = 0 - wanted * TornadoMath.log(probability);
                    }
                    if (KindNumbers.options(sizes, kind) > 1) {
                        discrete += error;
                    } else {
                        continuous += error;
                    }
                }
            }
        }
        continuous = ColumnSumTasks.sumOfLanes(context, item, 1, continuous);
        discrete = ColumnSumTasks.sumOfLanes(context, item, 1, discrete);
        if (item == 0 && example < sizes.get(at)) {
            int to = piecesAt + 2 * context.groupIdx;
            pieces.set(to, continuous);
            pieces.set(to + 1, discrete);
        }
    }

    /** The first piece of an array. */
    static int firstPiece(
            IntArray sizes, int kindsAt, int at, IntArray bounds, int boundsAt, int array) {
        return array + first(sizes, kindsAt, bounds, boundsAt, array) / sizes.get(at + 1);
    }

    /** How many pieces an array has. */
    static int piecesOf(
            IntArray sizes, int kindsAt, int at, IntArray bounds, int boundsAt, int array) {
        int first = first(sizes, kindsAt, bounds, boundsAt, array);
        int end = first(sizes, kindsAt, bounds, boundsAt, array + 1);
        int length = sizes.get(at + 1);
        return first < end ? (end - 1) / length - first / length + 1 : 0;
    }

    /** The errors of each array in each example. A group has an array of an example. */
    static void errors(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            IntArray bounds,
            FloatArray pieces,
            int arrays,
            FloatArray errors) {
        int kindsAt = places.get(0);
        int at = places.get(1);
        int boundsAt = places.get(2);
        int piecesAt = places.get(3);
        int errorsAt = places.get(4);
        int item = context.localIdx;
        int example = context.groupIdx / arrays;
        int array = context.groupIdx % arrays;
        int first = firstPiece(sizes, kindsAt, at, bounds, boundsAt, array);
        int count = piecesOf(sizes, kindsAt, at, bounds, boundsAt, array);
        float sum = 0;
        if (example < sizes.get(at)) {
            int from = piecesAt + 2 * (example * sizes.get(at + 2) + first);
            for (int i = item; i < 2 * count; i += GROUP) {
                sum += pieces.get(from + i);
            }
        }
        sum = ColumnSumTasks.sumOfLanes(context, item, 1, sum);
        if (item == 0 && example < sizes.get(at)) {
            errors.set(errorsAt + context.groupIdx, sum);
        }
    }

    /** The weighted errors of each array. A group has an array. */
    static void losses(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            IntArray bounds,
            FloatArray pieces,
            FloatArray arrayWeights,
            FloatArray exampleWeights,
            FloatArray out) {
        int kindsAt = places.get(0);
        int at = places.get(1);
        int boundsAt = places.get(2);
        int piecesAt = places.get(3);
        int arrayWeightsAt = places.get(4);
        int exampleWeightsAt = places.get(5);
        int outAt = places.get(6);
        int item = context.localIdx;
        int array = context.groupIdx;
        int first = firstPiece(sizes, kindsAt, at, bounds, boundsAt, array);
        int count = piecesOf(sizes, kindsAt, at, bounds, boundsAt, array);
        float sum = 0;
        for (int i = item; i < count * sizes.get(at); i += GROUP) {
            int example = i / count;
            int from = piecesAt + 2 * (example * sizes.get(at + 2) + first + i % count);
            int weight = exampleWeightsAt + 2 * example;
            sum += exampleWeights.get(weight) * pieces.get(from);
            sum += exampleWeights.get(weight + 1) * pieces.get(from + 1);
        }
        sum = ColumnSumTasks.sumOfLanes(context, item, 1, sum);
        if (item == 0) {
            out.set(outAt + array, arrayWeights.get(arrayWeightsAt + array) * sum);
        }
    }

    /** The gradient by the prediction. A work item is a value of an example. */
    static void gradient(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray prediction,
            FloatArray target,
            FloatArray observed,
            IntArray bounds,
            FloatArray arrayWeights,
            FloatArray exampleWeights,
            int arrays,
            FloatArray dPrediction) {
        int kindsAt = places.get(0);
        int at = places.get(1);
        int predictionAt = places.get(2);
        int targetAt = places.get(3);
        int observedAt = places.get(4);
        int boundsAt = places.get(5);
        int arrayWeightsAt = places.get(6);
        int exampleWeightsAt = places.get(7);
        int dPredictionAt = places.get(8);
        int i = context.globalIdx;
        if (i < sizes.get(kindsAt)) {
            int example = i / sizes.get(kindsAt + 1);
            int value = i % sizes.get(kindsAt + 1);
            int kind = KindNumbers.kindOf(sizes, kindsAt, value);
            int node = KindNumbers.node(sizes, kind, value);
            float d = 0;
            if (observed.get(observedAt + example * sizes.get(kindsAt + 2) + node) == 0) {
                int options = KindNumbers.options(sizes, kind);
                int firstOfNode = value - KindNumbers.option(sizes, kind, value);
                int array = 0;
                int beyond = arrays;
                while (beyond - array > 1) {
                    int middle = (array + beyond) / 2;
                    if (bounds.get(boundsAt + middle) <= firstOfNode) {
                        array = middle;
                    } else {
                        beyond = middle;
                    }
                }
                int discrete = options > 1 ? 1 : 0;
                float weight = arrayWeights.get(arrayWeightsAt + array);
                weight *= exampleWeights.get(exampleWeightsAt + 2 * example + discrete);
                float of = prediction.get(predictionAt + i);
                float wanted = target.get(targetAt + i);
                float slope = 2 * (of - wanted);
                if (isCrossEntropy(sizes, kindsAt, at, kind) != 0) {
                    slope = of <= LEAST ? 0 : (0 - wanted) / of;
                }
                d = weight * slope;
            }
            dPrediction.set(dPredictionAt + i, d);
        }
    }

    /** Where the numbers of a loss are, and its operands. */
    private static final class Operands {
        private final Loss op;
        private final int arrays;
        private final int kindsAt;
        private final int at;
        private final Lowering.Floats prediction;
        private final Lowering.Floats target;
        private final Lowering.Floats observed;
        private final Lowering.Ints bounds;
        private final Lowering.Floats arrayWeights;
        private final Lowering.Floats exampleWeights;

        @SuppressWarnings({"unchecked", "rawtypes"})
        Operands(Loss op, Lowering to) {
            this.op = op;
            arrays = op.out().shape().last().size();
            kindsAt = KindNumbers.of(op.kinds(), op.prediction(), to);
            List<ToIntFunction<Extents>> numbers = new ArrayList<>();
            numbers.add(this::examples);
            numbers.add(extents -> length(values(extents)));
            numbers.add(this::pieces);
            for (Loss.Criterion criterion : op.criteria()) {
                numbers.add(_ -> criterion == Loss.Criterion.CROSS_ENTROPY ? 1 : 0);
            }
            at = to.numbers(numbers.toArray(ToIntFunction[]::new));
            prediction = to.floats(op.prediction());
            target = to.floats(op.target());
            observed = to.floats(op.observed());
            bounds = to.ints(op.bounds());
            arrayWeights = to.floats(op.arrayWeights());
            exampleWeights = to.floats(op.exampleWeights());
        }

        int examples(Extents extents) {
            return op.prediction().shape().rows(extents);
        }

        private int values(Extents extents) {
            return op.prediction().shape().columns(extents);
        }

        private static int length(int values) {
            return Math.max(LENGTH, Math.ceilDiv(values, MOST_CHUNKS));
        }

        /** Those of an example: an array more or a chunk more makes one more. */
        int pieces(Extents extents) {
            int values = values(extents);
            return arrays + Math.ceilDiv(values, length(values));
        }

        Lowering.Floats workspace(Lowering to) {
            return to.workspace(extents -> {
                int chunks = Math.min(MOST_CHUNKS, Math.ceilDiv(values(extents), LENGTH));
                return 2L * examples(extents) * (arrays + chunks);
            });
        }
    }

    static void lower(Loss op, Lowering to) {
        Operands of = new Operands(op, to);
        Lowering.Floats pieces = of.workspace(to);
        to.launch(
                "errorsOfPieces",
                9,
                extents -> (long) of.examples(extents) * of.pieces(extents) * GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                LossTasks::pieces,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        of.kindsAt,
                                        of.at,
                                        of.prediction.at(),
                                        of.target.at(),
                                        of.observed.at(),
                                        of.bounds.at(),
                                        pieces.at()),
                                of.prediction.array(),
                                of.target.array(),
                                of.observed.array(),
                                of.bounds.array(),
                                of.arrays,
                                pieces.array()));
        Lowering.Floats errors = to.floats(op.errors());
        to.launch(
                "errors",
                7,
                extents -> (long) of.examples(extents) * of.arrays * GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                LossTasks::errors,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        of.kindsAt,
                                        of.at,
                                        of.bounds.at(),
                                        pieces.at(),
                                        errors.at()),
                                of.bounds.array(),
                                pieces.array(),
                                of.arrays,
                                errors.array()));
        Lowering.Floats out = to.floats(op.out());
        to.launch(
                "losses",
                8,
                _ -> (long) of.arrays * GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                LossTasks::losses,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        of.kindsAt,
                                        of.at,
                                        of.bounds.at(),
                                        pieces.at(),
                                        of.arrayWeights.at(),
                                        of.exampleWeights.at(),
                                        out.at()),
                                of.bounds.array(),
                                pieces.array(),
                                of.arrayWeights.array(),
                                of.exampleWeights.array(),
                                out.array()));
    }

    static void lower(Loss.Gradient op, Lowering to) {
        Operands of = new Operands(op.loss(), to);
        Lowering.Floats dPrediction = to.floats(op.dPrediction());
        to.launch(
                "gradientOfLoss",
                11,
                Lowering.elements(op.dPrediction()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                LossTasks::gradient,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        of.kindsAt,
                                        of.at,
                                        of.prediction.at(),
                                        of.target.at(),
                                        of.observed.at(),
                                        of.bounds.at(),
                                        of.arrayWeights.at(),
                                        of.exampleWeights.at(),
                                        dPrediction.at()),
                                of.prediction.array(),
                                of.target.array(),
                                of.observed.array(),
                                of.bounds.array(),
                                of.arrayWeights.array(),
                                of.exampleWeights.array(),
                                of.arrays,
                                dPrediction.array()));
    }
}
