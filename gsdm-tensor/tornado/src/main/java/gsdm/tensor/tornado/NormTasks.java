package gsdm.tensor.tornado;

import gsdm.tensor.program.Extents;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Norm;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * {@link Norm} and its gradient: what the two kinds share. What is normalised together is a set:
 * for a group norm the nodes of an example and the channels of a group, for a layer norm a node and
 * its channels.
 */
final class NormTasks {
    /** Work items of a group. */
    static final int GROUP = ColumnSumTasks.GROUP;

    /** A flag of kernels: silu follows. */
    static final int SILU = 1;

    /** A flag of kernels: something is added to dX. */
    static final int ADD = 2;

    private NormTasks() {}

    /** gamma·n + beta, then silu if asked for. */
    static float result(float normalised, float gamma, float beta, int flags) {
        float y = gamma * normalised + beta;
        return (flags & SILU) != 0 ? y * ElementwiseTasks.sigmoid(y) : y;
    }

    /** The gradient by gamma·n + beta. */
    static float dAffine(float dOut, float normalised, float gamma, float beta, int flags) {
        float d = dOut;
        if ((flags & SILU) != 0) {
            float y = gamma * normalised + beta;
            float share = ElementwiseTasks.sigmoid(y);
            d *= share * (1 + y * (1 - share));
        }
        return d;
    }

    /**
     * Of each channel over chunks of nodes, the sum of d, the gradient by gamma·n + beta, and that
     * of d·n: [segments, chunks, 2, C]. A group has a chunk and a few channels. Numbers: segments,
     * nodes of a segment, nodes of a chunk, chunks of a segment, nodes of a set (at least 1).
     */
    static void slopes(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            FloatArray gamma,
            FloatArray beta,
            FloatArray statistics,
            FloatArray dOut,
            int channels,
            int groups,
            int flags,
            FloatArray slopes) {
        int at = places.get(0);
        int xAt = places.get(1);
        int gammaAt = places.get(2);
        int betaAt = places.get(3);
        int statisticsAt = places.get(4);
        int dOutAt = places.get(5);
        int slopesAt = places.get(6);
        int across = ColumnSumTasks.across(channels);
        int blocks = ColumnSumTasks.blocks(channels);
        int item = context.localIdx;
        int nodes = sizes.get(at + 1);
        int length = sizes.get(at + 2);
        int chunks = sizes.get(at + 3);
        int chunk = context.groupIdx / blocks;
        int channel = context.groupIdx % blocks * across + item % across;
        int segment = chunk / chunks;
        int first = chunk % chunks * length;
        int end = Math.min(nodes, first + length);
        boolean own = segment < sizes.get(at) && channel < channels;
        float sum = 0;
        float slope = 0;
        if (own) {
            float ofGamma = gamma.get(gammaAt + channel);
            float ofBeta = beta.get(betaAt + channel);
            int group = channel / (channels / groups);
            for (int node = first + item / across; node < end; node += GROUP / across) {
                int row = segment * nodes + node;
                int set = statisticsAt + 2 * (row / sizes.get(at + 4) * groups + group);
                int i = row * channels + channel;
                float mean = statistics.get(set);
                float normalised = (x.get(xAt + i) - mean) * statistics.get(set + 1);
                float d = dAffine(dOut.get(dOutAt + i), normalised, ofGamma, ofBeta, flags);
                sum += d;
                slope += d * normalised;
            }
        }
        sum = ColumnSumTasks.sumOfLanes(context, item, across, sum);
        slope = ColumnSumTasks.sumOfLanes(context, item, across, slope);
        if (own && item < across) {
            int to = slopesAt + 2 * chunk * channels + channel;
            slopes.set(to, sum);
            slopes.set(to + channels, slope);
        }
    }

    static void lower(Norm op, Lowering to) {
        switch (op) {
            case GroupNorm norm -> new GroupNormTasks(norm, to).forward();
            case LayerNorm norm -> LayerNormTasks.lower(norm, to);
        }
    }

    static void lower(Norm.Gradient op, Lowering to) {
        switch (op.norm()) {
            case GroupNorm norm -> new GroupNormTasks(norm, to).backward(op);
            case LayerNorm norm -> LayerNormTasks.lower(norm, op, to);
        }
    }

    static int flags(Norm op) {
        return op.silu() ? SILU : 0;
    }

    static int flags(Norm.Gradient op) {
        return flags(op.norm()) | (op.add().present() ? ADD : 0);
    }

    static void lowerSlopes(
            Norm op,
            Lowering.Floats statistics,
            int groups,
            int at,
            ToLongFunction<Extents> items,
            Lowering.Floats dOut,
            Lowering.Floats slopes,
            Lowering to) {
        int channels = op.x().shape().last().size();
        int flags = flags(op);
        Lowering.Floats x = to.floats(op.x());
        Lowering.Floats gamma = to.floats(op.gamma());
        Lowering.Floats beta = to.floats(op.beta());
        to.launch(
                "slopes",
                12,
                items,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                NormTasks::slopes,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        at,
                                        x.at(),
                                        gamma.at(),
                                        beta.at(),
                                        statistics.at(),
                                        dOut.at(),
                                        slopes.at()),
                                x.array(),
                                gamma.array(),
                                beta.array(),
                                statistics.array(),
                                dOut.array(),
                                channels,
                                groups,
                                flags,
                                slopes.array()));
    }

    /** Sums over a few rows of both of what {@link #slopes} has of each channel. */
    static void lowerParameters(
            Norm.Gradient op, Lowering.Floats slopes, ToIntFunction<Extents> rows, Lowering to) {
        int channels = op.dX().shape().last().size();
        to.merge(slopes, 2 * channels, rows, channels, op.dBeta());
        to.merge(slopes.from(channels), 2 * channels, rows, channels, op.dGamma());
    }
}
