package gsdm.tensor.tornado;

import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.Norm;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;
import java.util.function.ToIntFunction;

/**
 * {@link GroupNorm} and its gradient: the sizes of one, and where its kernels go.
 *
 * <p>Means and variances are those of chunks of nodes by channel, put together (Chan, Golub,
 * LeVeque 1979). Sums begin at the first value, as a pivot: far from 0, few digits would be left of
 * them.
 */
final class GroupNormTasks {
    private static final int GROUP = NormTasks.GROUP;

    private final GroupNorm op;
    private final Lowering to;
    private final int channels;
    private final int groups;
    private final ToIntFunction<Extents> examples;
    private final ToIntFunction<Extents> nodes;
    private final ToIntFunction<Extents> chunks;
    private final int at; // of numbers about chunks
    private final int elementsAt;
    private final Lowering.Floats x;
    private final Lowering.Floats gamma;
    private final Lowering.Floats beta;

    @SuppressWarnings("unchecked")
    GroupNormTasks(GroupNorm op, Lowering to) {
        this.op = op;
        this.to = to;
        List<Dim> dims = op.x().shape().dims();
        channels = op.x().shape().last().size();
        groups = op.groups();
        examples = Lowering.size(dims.get(0));
        nodes = Lowering.size(dims.get(1));
        chunks = extents -> ColumnSumTasks.chunks(nodes.applyAsInt(extents));
        at =
                to.numbers(
                        examples,
                        nodes,
                        extents -> ColumnSumTasks.length(nodes.applyAsInt(extents)),
                        chunks,
                        extents -> Math.max(1, nodes.applyAsInt(extents)));
        elementsAt =
                to.numbers(
                        Lowering.count(op.x()), extents -> Math.max(1, nodes.applyAsInt(extents)));
        x = to.floats(op.x());
        gamma = to.floats(op.gamma());
        beta = to.floats(op.beta());
    }

    private long chunkItems(Extents extents) {
        long all = (long) examples.applyAsInt(extents) * chunks.applyAsInt(extents);
        return all * ColumnSumTasks.blocks(channels) * GROUP;
    }

    private long setItems(Extents extents) {
        return (long) examples.applyAsInt(extents) * groups * GROUP;
    }

    /** Temporaries of a number for each example, chunk and two times each channel. */
    private Lowering.Floats ofChunks() {
        return to.workspace(extents ->
                2L
                        * examples.applyAsInt(extents)
                        * ColumnSumTasks.mostChunks(nodes.applyAsInt(extents))
                        * channels);
    }

    /** Where mean and scale of each set are, found of x. */
    private Lowering.Floats found() {
        Lowering.Floats moments = ofChunks();
        Lowering.Floats statistics =
                op.statistics().present()
                        ? to.floats(op.statistics())
                        : to.workspace(extents -> 2L * groups * examples.applyAsInt(extents));
        to.launch(
                "moments",
                6,
                this::chunkItems,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                GroupNormTasks::moments,
                                to.context(),
                                to.sizes(),
                                to.places(at, x.at(), moments.at()),
                                x.array(),
                                channels,
                                moments.array()));
        to.launch(
                "statistics",
                8,
                this::setItems,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                GroupNormTasks::statistics,
                                to.context(),
                                to.sizes(),
                                to.places(at, moments.at(), statistics.at()),
                                moments.array(),
                                channels,
                                groups,
                                op.epsilon(),
                                statistics.array()));
        return statistics;
    }

    void forward() {
        Lowering.Floats statistics = found();
        Lowering.Floats out = to.floats(op.out());
        int flags = NormTasks.flags(op);
        to.launch(
                "normalise",
                11,
                Lowering.elements(op.out()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                GroupNormTasks::normalise,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        elementsAt,
                                        x.at(),
                                        gamma.at(),
                                        beta.at(),
                                        statistics.at(),
                                        out.at()),
                                x.array(),
                                gamma.array(),
                                beta.array(),
                                statistics.array(),
                                channels,
                                groups,
                                flags,
                                out.array()));
    }

    void backward(Norm.Gradient gradient) {
        Lowering.Floats statistics =
                op.statistics().present() ? to.floats(op.statistics()) : found();
        Lowering.Floats dOut = to.floats(gradient.dOut());
        Lowering.Floats slopes = ofChunks();
        NormTasks.lowerSlopes(op, statistics, groups, at, this::chunkItems, dOut, slopes, to);
        Lowering.Floats ofChannels =
                to.kept(extents -> 2L * channels * examples.applyAsInt(extents));
        // not in workspace: the kernel writes both, and to one array
        Lowering.Floats sets = to.kept(extents -> 4L * groups * examples.applyAsInt(extents));
        to.launch(
                "sets",
                9,
                this::setItems,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                GroupNormTasks::sets,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        at,
                                        gamma.at(),
                                        statistics.at(),
                                        slopes.at(),
                                        ofChannels.at(),
                                        sets.at()),
                                gamma.array(),
                                statistics.array(),
                                slopes.array(),
                                channels,
                                groups,
                                sets.array()));
        NormTasks.lowerParameters(gradient, ofChannels, examples, to);
        Lowering.Floats add = to.floats(gradient.add());
        Lowering.Floats dX = to.floats(gradient.dX());
        int flags = NormTasks.flags(gradient);
        to.launch(
                "gradientOfNorm",
                13,
                Lowering.elements(gradient.dX()),
                Lowering.GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                GroupNormTasks::dX,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        elementsAt,
                                        x.at(),
                                        gamma.at(),
                                        beta.at(),
                                        sets.at(),
                                        dOut.at(),
                                        add.at(),
                                        dX.at()),
                                x.array(),
                                gamma.array(),
                                beta.array(),
                                sets.array(),
                                dOut.array(),
                                add.array(),
                                channels,
                                groups,
                                flags,
                                dX.array()));
    }

    /**
     * Mean and squared deviations of each channel over the chunks of each example: [B, chunks, 2,
     * C]. A group has a chunk and a few channels. Numbers: examples, nodes of an example, nodes of
     * a chunk, chunks of an example.
     */
    static void moments(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            int channels,
            FloatArray moments) {
        int at = places.get(0);
        int xAt = places.get(1);
        int momentsAt = places.get(2);
        int across = ColumnSumTasks.across(channels);
        int blocks = ColumnSumTasks.blocks(channels);
        int item = context.localIdx;
        int nodes = sizes.get(at + 1);
        int length = sizes.get(at + 2);
        int chunks = sizes.get(at + 3);
        int chunk = context.groupIdx / blocks;
        int channel = context.groupIdx % blocks * across + item % across;
        int example = chunk / chunks;
        int first = chunk % chunks * length;
        int end = Math.min(nodes, first + length);
        boolean own = example < sizes.get(at) && channel < channels && first < end;
        int from = xAt + example * nodes * channels + channel;
        float pivot = 0;
        float sum = 0;
        if (own) {
            pivot = x.get(from + first * channels);
            for (int node = first + item / across; node < end; node += GROUP / across) {
                sum += x.get(from + node * channels) - pivot;
            }
        }
        sum = ColumnSumTasks.sumOfLanes(context, item, across, sum);
        float mean = pivot + sum / (end - first);
        float squares = 0;
        if (own) {
            for (int node = first + item / across; node < end; node += GROUP / across) {
                float deviation = x.get(from + node * channels) - mean;
                squares += deviation * deviation;
            }
        }
        squares = ColumnSumTasks.sumOfLanes(context, item, across, squares);
        if (own && item < across) {
            int to = momentsAt + 2 * chunk * channels + channel;
            moments.set(to, mean);
            moments.set(to + channels, squares);
        }
    }

    /**
     * Mean and 1/√(variance + epsilon) of each set, of what {@link #moments} gives. A group has a
     * set, its items take chunks and channels. Numbers: as there.
     */
    static void statistics(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray moments,
            int channels,
            int groups,
            float epsilon,
            FloatArray statistics) {
        int at = places.get(0);
        int momentsAt = places.get(1);
        int statisticsAt = places.get(2);
        int item = context.localIdx;
        int width = channels / groups;
        int nodes = sizes.get(at + 1);
        int length = sizes.get(at + 2);
        int chunks = sizes.get(at + 3);
        int set = context.groupIdx;
        int example = set / groups;
        int from = momentsAt + 2 * example * chunks * channels + set % groups * width;
        float pivot = 0;
        int pairs = 0;
        if (example < sizes.get(at)) {
            pivot = moments.get(from);
            pairs = chunks * width;
        }
        float sum = 0;
        for (int pair = item; pair < pairs; pair += GROUP) {
            int chunk = pair / width;
            float count = Math.min(length, nodes - chunk * length);
            float mean = moments.get(from + 2 * chunk * channels + pair % width);
            sum += count * (mean - pivot);
        }
        float size = (float) nodes * width;
        float shift = ColumnSumTasks.sumOfLanes(context, item, 1, sum) / size;
        float mean = pivot + shift;
        float squares = 0;
        for (int pair = item; pair < pairs; pair += GROUP) {
            int chunk = pair / width;
            float count = Math.min(length, nodes - chunk * length);
            int its = from + 2 * chunk * channels + pair % width;
            float deviation = moments.get(its) - mean;
            squares += moments.get(its + channels) + count * deviation * deviation;
        }
        squares = ColumnSumTasks.sumOfLanes(context, item, 1, squares);
        if (item == 0 && example < sizes.get(at)) {
            statistics.set(statisticsAt + 2 * set, mean);
            float scale = 1 / TornadoMath.sqrt(squares / size + epsilon);
            statistics.set(statisticsAt + 2 * set + 1, scale);
        }
    }

    /** A work item is an element. Numbers: elements, nodes of an example (at least 1). */
    static void normalise(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            FloatArray gamma,
            FloatArray beta,
            FloatArray statistics,
            int channels,
            int groups,
            int flags,
            FloatArray out) {
        int at = places.get(0);
        int xAt = places.get(1);
        int gammaAt = places.get(2);
        int betaAt = places.get(3);
        int statisticsAt = places.get(4);
        int outAt = places.get(5);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            int channel = i % channels;
            int example = i / channels / sizes.get(at + 1);
            int set = example * groups + channel / (channels / groups);
            float mean = statistics.get(statisticsAt + 2 * set);
            float scale = statistics.get(statisticsAt + 2 * set + 1);
            float normalised = (x.get(xAt + i) - mean) * scale;
            float ofGamma = gamma.get(gammaAt + channel);
            float ofBeta = beta.get(betaAt + channel);
            out.set(outAt + i, NormTasks.result(normalised, ofGamma, ofBeta, flags));
        }
    }

    /**
     * Puts {@link NormTasks#slopes} together: of each channel of an example, [B, 2, C], and of each
     * set, where the gradient by n is gamma·d, its mean and that of it times n, both times the
     * scale, after mean and scale: [B, groups, 4]. A group has a set. Numbers: as there.
     */
    static void sets(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray gamma,
            FloatArray statistics,
            FloatArray ofChunks,
            int channels,
            int groups,
            FloatArray work) {
        int at = places.get(0);
        int gammaAt = places.get(1);
        int statisticsAt = places.get(2);
        int slopesAt = places.get(3);
        int channelsAt = places.get(4);
        int setsAt = places.get(5);
        float[] sums = context.allocateFloatLocalArray(GROUP);
        float[] slopes = context.allocateFloatLocalArray(GROUP);
        int width = channels / groups;
        int across = ColumnSumTasks.across(width);
        int item = context.localIdx;
        int chunks = sizes.get(at + 3);
        int set = context.groupIdx;
        int example = set / groups;
        int firstChannel = set % groups * width;
        float mean = 0;
        float slope = 0;
        for (int block = 0; block < width; block += across) {
            boolean own = example < sizes.get(at) && block + item % across < width;
            int channel = firstChannel + block + item % across;
            float ofSum = 0;
            float ofSlope = 0;
            if (own) {
                for (int chunk = item / across; chunk < chunks; chunk += GROUP / across) {
                    int from = slopesAt + 2 * (example * chunks + chunk) * channels + channel;
                    ofSum += ofChunks.get(from);
                    ofSlope += ofChunks.get(from + channels);
                }
            }
            sums[item] = ofSum;
            slopes[item] = ofSlope;
            for (int half = GROUP / 2; half >= across; half = half / 2) {
                context.localBarrier();
                if (item < half) {
                    sums[item] += sums[item + half];
                    slopes[item] += slopes[item + half];
                }
            }
            context.localBarrier();
            ofSum = sums[item % across];
            ofSlope = slopes[item % across];
            context.localBarrier();
            if (own && item < across) {
                int to = channelsAt + 2 * example * channels + channel;
                work.set(to, ofSum);
                work.set(to + channels, ofSlope);
                mean += gamma.get(gammaAt + channel) * ofSum;
                slope += gamma.get(gammaAt + channel) * ofSlope;
            }
        }
        mean = ColumnSumTasks.sumOfLanes(context, item, 1, mean);
        slope = ColumnSumTasks.sumOfLanes(context, item, 1, slope);
        if (item == 0 && example < sizes.get(at)) {
            float size = (float) sizes.get(at + 1) * width;
            float scale = statistics.get(statisticsAt + 2 * set + 1);
            work.set(setsAt + 4 * set, statistics.get(statisticsAt + 2 * set));
            work.set(setsAt + 4 * set + 1, scale);
            work.set(setsAt + 4 * set + 2, mean / size);
            work.set(setsAt + 4 * set + 3, slope / size);
        }
    }

    /**
     * dX = scale·(gamma·d − mean of it − n·mean of it times n) + add. A set of one value has none:
     * what is left of rounding would be large times the scale. A work item is an element. Numbers:
     * elements, nodes of an example (at least 1).
     */
    static void dX(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            FloatArray gamma,
            FloatArray beta,
            FloatArray sets,
            FloatArray dOut,
            FloatArray add,
            int channels,
            int groups,
            int flags,
            FloatArray dX) {
        int at = places.get(0);
        int xAt = places.get(1);
        int gammaAt = places.get(2);
        int betaAt = places.get(3);
        int setsAt = places.get(4);
        int dOutAt = places.get(5);
        int addAt = places.get(6);
        int dXAt = places.get(7);
        int i = context.globalIdx;
        if (i < sizes.get(at)) {
            int channel = i % channels;
            int width = channels / groups;
            int nodes = sizes.get(at + 1);
            int set = setsAt + 4 * (i / channels / nodes * groups + channel / width);
            float scale = sets.get(set + 1);
            float normalised = (x.get(xAt + i) - sets.get(set)) * scale;
            float ofGamma = gamma.get(gammaAt + channel);
            float ofBeta = beta.get(betaAt + channel);
            float d = NormTasks.dAffine(dOut.get(dOutAt + i), normalised, ofGamma, ofBeta, flags);
            float result = 0;
            if (nodes * width > 1) {
                float slope = normalised * sets.get(set + 3);
                result = scale * (ofGamma * d - sets.get(set + 2) - slope);
            }
            if ((flags & NormTasks.ADD) != 0) {
                result += add.get(addAt + i);
            }
            dX.set(dXAt + i, result);
        }
    }
}
