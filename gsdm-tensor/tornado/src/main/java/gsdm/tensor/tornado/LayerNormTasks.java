package gsdm.tensor.tornado;

import gsdm.tensor.program.Extents;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Norm;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.function.ToIntFunction;

/** {@link LayerNorm} and its gradient. */
final class LayerNormTasks {
    private static final int GROUP = NormTasks.GROUP;

    private LayerNormTasks() {}

    /** Nodes that a group takes. */
    static int nodesOfGroup(int channels) {
        return GROUP / ColumnSumTasks.across(channels);
    }

    /** The mean of the channels that start at {@code at}; items of a node each take a few. */
    static float meanOfNode(KernelContext context, FloatArray x, int at, int channels, int own) {
        int across = ColumnSumTasks.across(channels);
        int nodes = nodesOfGroup(channels);
        int item = context.localIdx;
        float pivot = 0;
        float sum = 0;
        if (own != 0) {
            pivot = x.get(at);
            for (int c = item % across; c < channels; c += across) {
                sum += x.get(at + c) - pivot;
            }
        }
        int place = item % across * nodes + item / across;
        return pivot + ColumnSumTasks.sumOfLanes(context, place, nodes, sum) / channels;
    }

    /** 1/√(variance + epsilon) of these channels. */
    static float scaleOfNode(
            KernelContext context,
            FloatArray x,
            int at,
            int channels,
            int own,
            float mean,
            float epsilon) {
        int across = ColumnSumTasks.across(channels);
        int nodes = nodesOfGroup(channels);
        int item = context.localIdx;
        float squares = 0;
        if (own != 0) {
            for (int c = item % across; c < channels; c += across) {
                float deviation = x.get(at + c) - mean;
                squares += deviation * deviation;
            }
        }
        int place = item % across * nodes + item / across;
        float sum = ColumnSumTasks.sumOfLanes(context, place, nodes, squares);
        return 1 / TornadoMath.sqrt(sum / channels + epsilon);
    }

    /** A group has a few nodes, each with a few items. Numbers: nodes. */
    static void forward(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            FloatArray gamma,
            FloatArray beta,
            int channels,
            float epsilon,
            int flags,
            FloatArray out) {
        int at = places.get(0);
        int xAt = places.get(1);
        int gammaAt = places.get(2);
        int betaAt = places.get(3);
        int outAt = places.get(4);
        int across = ColumnSumTasks.across(channels);
        int item = context.localIdx;
        int node = context.groupIdx * nodesOfGroup(channels) + item / across;
        int own = node < sizes.get(at) ? 1 : 0;
        int from = xAt + node * channels;
        float mean = meanOfNode(context, x, from, channels, own);
        float scale = scaleOfNode(context, x, from, channels, own, mean, epsilon);
        if (own != 0) {
            for (int c = item % across; c < channels; c += across) {
                float normalised = (x.get(from + c) - mean) * scale;
                float ofGamma = gamma.get(gammaAt + c);
                float ofBeta = beta.get(betaAt + c);
                int to = outAt + node * channels + c;
                out.set(to, NormTasks.result(normalised, ofGamma, ofBeta, flags));
            }
        }
    }

    /** dX of a layer norm; mean and scale of each node go to workspace. As {@link #forward}. */
    static void backward(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            FloatArray gamma,
            FloatArray beta,
            FloatArray dOut,
            FloatArray add,
            int channels,
            float epsilon,
            int flags,
            FloatArray statistics,
            FloatArray dX) {
        int at = places.get(0);
        int xAt = places.get(1);
        int gammaAt = places.get(2);
        int betaAt = places.get(3);
        int dOutAt = places.get(4);
        int addAt = places.get(5);
        int statisticsAt = places.get(6);
        int dXAt = places.get(7);
        int across = ColumnSumTasks.across(channels);
        int nodes = nodesOfGroup(channels);
        int item = context.localIdx;
        int node = context.groupIdx * nodes + item / across;
        int own = node < sizes.get(at) ? 1 : 0;
        int from = node * channels;
        float mean = meanOfNode(context, x, xAt + from, channels, own);
        float scale = scaleOfNode(context, x, xAt + from, channels, own, mean, epsilon);
        float sum = 0;
        float slope = 0;
        if (own != 0) {
            for (int c = item % across; c < channels; c += across) {
                float normalised = (x.get(xAt + from + c) - mean) * scale;
                float ofGamma = gamma.get(gammaAt + c);
                float ofBeta = beta.get(betaAt + c);
                float dY = dOut.get(dOutAt + from + c);
                float d = ofGamma * NormTasks.dAffine(dY, normalised, ofGamma, ofBeta, flags);
                sum += d;
                slope += d * normalised;
            }
        }
        int place = item % across * nodes + item / across;
        sum = ColumnSumTasks.sumOfLanes(context, place, nodes, sum) / channels;
        slope = ColumnSumTasks.sumOfLanes(context, place, nodes, slope) / channels;
        if (own != 0) {
            if (item % across == 0) {
                statistics.set(statisticsAt + 2 * node, mean);
                statistics.set(statisticsAt + 2 * node + 1, scale);
            }
            for (int c = item % across; c < channels; c += across) {
                float normalised = (x.get(xAt + from + c) - mean) * scale;
                float ofGamma = gamma.get(gammaAt + c);
                float ofBeta = beta.get(betaAt + c);
                float dY = dOut.get(dOutAt + from + c);
                float d = ofGamma * NormTasks.dAffine(dY, normalised, ofGamma, ofBeta, flags);
                float result = 0;
                if (channels > 1) {
                    result = scale * (d - sum - normalised * slope);
                }
                if ((flags & NormTasks.ADD) != 0) {
                    result += add.get(addAt + from + c);
                }
                dX.set(dXAt + from + c, result);
            }
        }
    }

    private static long items(Norm op, Extents extents) {
        int nodes = nodesOfGroup(op.x().shape().last().size());
        return (long) Math.ceilDiv(op.x().shape().rows(extents), nodes) * GROUP;
    }

    @SuppressWarnings("unchecked")
    static void lower(LayerNorm op, Lowering to) {
        int channels = op.x().shape().last().size();
        int flags = NormTasks.flags(op);
        int at = to.numbers(Lowering.rows(op.x()));
        Lowering.Floats x = to.floats(op.x());
        Lowering.Floats gamma = to.floats(op.gamma());
        Lowering.Floats beta = to.floats(op.beta());
        Lowering.Floats out = to.floats(op.out());
        to.launch(
                "layerNorm",
                10,
                extents -> items(op, extents),
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                LayerNormTasks::forward,
                                to.context(),
                                to.sizes(),
                                to.places(at, x.at(), gamma.at(), beta.at(), out.at()),
                                x.array(),
                                gamma.array(),
                                beta.array(),
                                channels,
                                op.epsilon(),
                                flags,
                                out.array()));
    }

    @SuppressWarnings("unchecked")
    static void lower(LayerNorm op, Norm.Gradient gradient, Lowering to) {
        int channels = op.x().shape().last().size();
        int flags = NormTasks.flags(gradient);
        ToIntFunction<Extents> rows = Lowering.rows(op.x());
        ToIntFunction<Extents> chunks = extents -> ColumnSumTasks.chunks(rows.applyAsInt(extents));
        int at = to.numbers(rows);
        Lowering.Floats x = to.floats(op.x());
        Lowering.Floats gamma = to.floats(op.gamma());
        Lowering.Floats beta = to.floats(op.beta());
        Lowering.Floats dOut = to.floats(gradient.dOut());
        Lowering.Floats add = to.floats(gradient.add());
        Lowering.Floats statistics = to.workspace(extents -> 2L * rows.applyAsInt(extents));
        Lowering.Floats dX = to.floats(gradient.dX());
        to.launch(
                "gradientOfLayerNorm",
                13,
                extents -> items(op, extents),
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                LayerNormTasks::backward,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        at,
                                        x.at(),
                                        gamma.at(),
                                        beta.at(),
                                        dOut.at(),
                                        add.at(),
                                        statistics.at(),
                                        dX.at()),
                                x.array(),
                                gamma.array(),
                                beta.array(),
                                dOut.array(),
                                add.array(),
                                channels,
                                op.epsilon(),
                                flags,
                                statistics.array(),
                                dX.array()));
        int slopesAt =
                to.numbers(
                        _ -> 1,
                        rows,
                        extents -> ColumnSumTasks.length(rows.applyAsInt(extents)),
                        chunks,
                        _ -> 1);
        int blocks = ColumnSumTasks.blocks(channels);
        Lowering.Floats slopes =
                to.kept(extents ->
                        2L * ColumnSumTasks.mostChunks(rows.applyAsInt(extents)) * channels);
        NormTasks.lowerSlopes(
                op,
                statistics,
                1,
                slopesAt,
                extents -> (long) chunks.applyAsInt(extents) * blocks * GROUP,
                dOut,
                slopes,
                to);
        NormTasks.lowerParameters(gradient, slopes, chunks, to);
    }
}
