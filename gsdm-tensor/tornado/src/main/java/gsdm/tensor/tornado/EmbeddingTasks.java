package gsdm.tensor.tornado;

import gsdm.tensor.program.EmbedValues;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.ProjectValues;
import gsdm.tensor.program.Projection;
import gsdm.tensor.program.Slot;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * {@link EmbedValues}, {@link ProjectValues} and their gradients, one launch for each kind of
 * nodes.
 *
 * <p>Numbers of a kind: its nodes in all examples, in one (at least 1, to divide by), its first
 * node, nodes of an example, its first value, values of an example.
 */
final class EmbeddingTasks {
    private static final int GROUP = ColumnSumTasks.GROUP;

    /** Nodes that a group projects, a work item each. */
    private static final int TILE = 64;

    /** Channels of a tile that are in local memory at a time. */
    private static final int DEPTH = 32;

    /** What is between the nodes of a tile there, so that they are in different banks. */
    private static final int PITCH = DEPTH + 1;

    /** Sums that a work item has at a time. */
    private static final int TOGETHER = 4;

    private EmbeddingTasks() {}

    /** The row of a node of the kind, among all nodes of all examples. */
    static int row(IntArray sizes, int at, int i) {
        int nodes = sizes.get(at + 1);
        return i / nodes * sizes.get(at + 3) + sizes.get(at + 2) + i % nodes;
    }

    /** Where the first value of a node of the kind is. */
    static int value(IntArray sizes, int at, int i, int options) {
        int nodes = sizes.get(at + 1);
        return i / nodes * sizes.get(at + 5) + sizes.get(at + 4) + i % nodes * options;
    }

    /** Values, observed or not, into channels. A work item is a channel of a node. */
    static void embed(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray values,
            FloatArray observed,
            FloatArray weight,
            FloatArray bias,
            FloatArray embedding,
            int channels,
            int options,
            FloatArray out) {
        int at = places.get(0);
        int valuesAt = places.get(1);
        int observedAt = places.get(2);
        int weightAt = places.get(3);
        int biasAt = places.get(4);
        int embeddingAt = places.get(5);
        int outAt = places.get(6);
        int i = context.globalIdx / channels;
        int channel = context.globalIdx % channels;
        if (i < sizes.get(at)) {
            int row = row(sizes, at, i);
            int value = valuesAt + value(sizes, at, i, options);
            float sum = 0;
            for (int o = 0; o < options; o++) {
                sum += weight.get(weightAt + channel * options + o) * values.get(value + o);
            }
            sum += bias.get(biasAt + channel);
            sum += observed.get(observedAt + row) * embedding.get(embeddingAt + channel);
            out.set(outAt + row * channels + channel, sum);
        }
    }

    /** Groups that take {@link #TOGETHER} of so many numbers each. */
    static int parts(int count) {
        return (count + TOGETHER - 1) / TOGETHER;
    }

    /**
     * out = weight·x + bias. A group has a tile of nodes and a few of their options; a work item is
     * a node.
     */
    static void project(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray x,
            FloatArray weight,
            FloatArray bias,
            int channels,
            int options,
            FloatArray out) {
        int at = places.get(0);
        int xAt = places.get(1);
        int weightAt = places.get(2);
        int biasAt = places.get(3);
        int outAt = places.get(4);
        float[] tile = context.allocateFloatLocalArray(TILE * PITCH);
        int item = context.localIdx;
        int nodes = sizes.get(at);
        int firstNode = context.groupIdx / parts(options) * TILE;
        int option = context.groupIdx % parts(options) * TOGETHER;
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        for (int first = 0; first < channels; first += DEPTH) {
            int depth = Math.min(DEPTH, channels - first);
            for (int entry = item; entry < TILE * DEPTH; entry += TILE) {
                int node = firstNode + entry / DEPTH;
                int channel = entry % DEPTH;
                if (node < nodes && channel < depth) {
                    int from = xAt + row(sizes, at, node) * channels + first + channel;
                    tile[entry / DEPTH * PITCH + channel] = x.get(from);
                }
            }
            context.localBarrier();
            if (firstNode + item < nodes) {
                int from = weightAt + option * channels + first;
                for (int c = 0; c < depth; c++) {
                    float own = tile[item * PITCH + c];
                    s0 += own * weight.get(from + c);
                    if (option + 1 < options) {
                        s1 += own * weight.get(from + channels + c);
                    }
                    if (option + 2 < options) {
                        s2 += own * weight.get(from + 2 * channels + c);
                    }
                    if (option + 3 < options) {
                        s3 += own * weight.get(from + 3 * channels + c);
                    }
                }
            }
            context.localBarrier();
        }
        if (firstNode + item < nodes) {
            int value = value(sizes, at, firstNode + item, options);
            for (int o = 0; o < Math.min(TOGETHER, options - option); o++) {
                float sum = o == 0 ? s0 : o == 1 ? s1 : o == 2 ? s2 : s3;
                int to = outAt + value + option + o;
                out.set(to, sum + bias.get(biasAt + option + o));
            }
        }
    }

    /** dX = dOut·weight. A work item is a channel of a node. */
    static void projectBackward(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray dOut,
            FloatArray weight,
            int channels,
            int options,
            FloatArray dX) {
        int at = places.get(0);
        int dOutAt = places.get(1);
        int weightAt = places.get(2);
        int dXAt = places.get(3);
        int i = context.globalIdx / channels;
        int channel = context.globalIdx % channels;
        if (i < sizes.get(at)) {
            int value = dOutAt + value(sizes, at, i, options);
            float sum = 0;
            for (int o = 0; o < options; o++) {
                sum += dOut.get(value + o) * weight.get(weightAt + o * channels + channel);
            }
            dX.set(dXAt + row(sizes, at, i) * channels + channel, sum);
        }
    }

    /** What a channel is multiplied by: a value, for the bias 1, then whether it is observed. */
    static float factor(
            FloatArray values,
            int at,
            FloatArray observed,
            int observedAt,
            int number,
            int options,
            int embeds) {
        float factor = 0;
        if (number < options) {
            factor = values.get(at + number);
        } else if (number == options) {
            factor = 1;
        } else if (embeds != 0 && number == options + 1) {
            factor = observed.get(observedAt);
        }
        return factor;
    }

    /** Where a chunk has the product of a channel and a factor; −1: nowhere. */
    static int place(int chunk, int channel, int number, int channels, int options, int embeds) {
        int place = -1;
        if (embeds != 0) {
            int first = chunk * (options + 1) * channels;
            if (number < options && channel < channels) {
                place = first + channel * options + number;
            } else if (number == options && channel < channels) {
                place = first + options * channels + channel;
            }
        } else {
            int first = chunk * options * (channels + 1);
            if (number < options && channel < channels) {
                place = first + number * channels + channel;
            } else if (number < options && channel == channels) {
                place = first + options * channels + number;
            }
        }
        return place;
    }

    /** Puts a product where it belongs. */
    static void put(
            FloatArray work,
            int sumsAt,
            int observedAt,
            int chunk,
            int firstChunk,
            int channel,
            int number,
            int channels,
            int options,
            int embeds,
            float sum) {
        int place = place(chunk, channel, number, channels, options, embeds);
        if (place >= 0) {
            work.set(sumsAt + place, sum);
        } else if (embeds != 0 && number == options + 1 && channel < channels) {
            work.set(observedAt + (firstChunk + chunk) * channels + channel, sum);
        }
    }

    /**
     * Sums over a chunk of nodes of products of channels and values: the gradients by weight and
     * bias, as these are in memory, one after the other. For the bias out of channels there is a
     * channel more, of ones; into them a value more, and one that says what is observed, whose sums
     * are apart, those of all kinds together. A group has a chunk, a few channels and a few values.
     * Numbers, after those of the kind: nodes of a chunk, chunks, chunks of the kinds before,
     * options, and whether they go into channels.
     */
    static void products(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray values,
            FloatArray observed,
            FloatArray x,
            int channels,
            FloatArray work) {
        int at = places.get(0);
        int valuesAt = places.get(1);
        int observedAt = places.get(2);
        int xAt = places.get(3);
        int sumsAt = places.get(4);
        int ofObservedAt = places.get(5);
        int options = sizes.get(at + 9);
        int embeds = sizes.get(at + 10);
        int columns = channels + 1 - embeds;
        int across = ColumnSumTasks.across(columns);
        int blocks = ColumnSumTasks.blocks(columns);
        int parts = parts(options + 2 * embeds);
        int item = context.localIdx;
        int number = context.groupIdx / blocks % parts * TOGETHER;
        int chunk = context.groupIdx / blocks / parts;
        int channel = context.groupIdx % blocks * across + item % across;
        int first = chunk * sizes.get(at + 6);
        int end = Math.min(sizes.get(at), first + sizes.get(at + 6));
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        if (channel < columns) {
            for (int i = first + item / across; i < end; i += GROUP / across) {
                int row = row(sizes, at, i);
                int own = observedAt + row;
                int value = valuesAt + value(sizes, at, i, options);
                float factor = 1;
                if (channel < channels) {
                    factor = x.get(xAt + row * channels + channel);
                }
                s0 += factor * factor(values, value, observed, own, number, options, embeds);
                s1 += factor * factor(values, value, observed, own, number + 1, options, embeds);
                s2 += factor * factor(values, value, observed, own, number + 2, options, embeds);
                s3 += factor * factor(values, value, observed, own, number + 3, options, embeds);
            }
        }
        s0 = ColumnSumTasks.sumOfLanes(context, item, across, s0);
        s1 = ColumnSumTasks.sumOfLanes(context, item, across, s1);
        s2 = ColumnSumTasks.sumOfLanes(context, item, across, s2);
        s3 = ColumnSumTasks.sumOfLanes(context, item, across, s3);
        if (item < across && channel < columns && chunk < sizes.get(at + 7)) {
            int before = sizes.get(at + 8);
            for (int o = 0; o < TOGETHER; o++) {
                float sum = o == 0 ? s0 : o == 1 ? s1 : o == 2 ? s2 : s3;
                put(
                        work,
                        sumsAt,
                        ofObservedAt,
                        chunk,
                        before,
                        channel,
                        number + o,
                        channels,
                        options,
                        embeds,
                        sum);
            }
        }
    }

    /** The nodes of a kind, as numbers. */
    private record Kind(List<Projection> projections, int index, Slot nodes, Slot values) {
        int options() {
            return projections.get(index).kind().options();
        }

        int rows(Extents extents) {
            int examples = extents.of(nodes.shape().dims().getFirst());
            return Math.multiplyExact(examples, count(extents));
        }

        private int count(Extents extents) {
            return extents.of(projections.get(index).kind().nodes());
        }

        private Kind before(int other) {
            return new Kind(projections, other, nodes, values);
        }

        private int firstNode(Extents extents) {
            int first = 0;
            for (int other = 0; other < index; other++) {
                first += before(other).count(extents);
            }
            return first;
        }

        private int firstValue(Extents extents) {
            int first = 0;
            for (int other = 0; other < index; other++) {
                first += before(other).count(extents) * before(other).options();
            }
            return first;
        }

        private int firstChunk(Extents extents) {
            int first = 0;
            for (int other = 0; other < index; other++) {
                first += before(other).chunks(extents);
            }
            return first;
        }

        int chunks(Extents extents) {
            return ColumnSumTasks.chunks(rows(extents));
        }

        int mostChunks(Extents extents) {
            return ColumnSumTasks.mostChunks(rows(extents));
        }

        @SuppressWarnings("unchecked")
        int numbers(int embeds, Lowering to) {
            return to.numbers(
                    this::rows,
                    extents -> Math.max(1, count(extents)),
                    this::firstNode,
                    Lowering.size(nodes.shape().dims().get(1)),
                    this::firstValue,
                    Lowering.size(values.shape().last()),
                    extents -> ColumnSumTasks.length(rows(extents)),
                    this::chunks,
                    this::firstChunk,
                    _ -> options(),
                    _ -> embeds);
        }

        ToLongFunction<Extents> channelItems(int channels) {
            return extents -> (long) rows(extents) * channels;
        }
    }

    static void lower(EmbedValues op, Lowering to) {
        int channels = op.out().shape().last().size();
        Lowering.Floats values = to.floats(op.values());
        Lowering.Floats observed = to.floats(op.observed());
        Lowering.Floats embedding = to.floats(op.observedEmbedding());
        Lowering.Floats out = to.floats(op.out());
        for (int i = 0; i < op.projections().size(); i++) {
            Kind kind = new Kind(op.projections(), i, op.out(), op.values());
            int at = kind.numbers(1, to);
            Lowering.Floats weight = to.floats(op.projections().get(i).weight());
            Lowering.Floats bias = to.floats(op.projections().get(i).bias());
            to.launch(
                    "embed",
                    11,
                    kind.channelItems(channels),
                    Lowering.GROUP,
                    (graph, id) ->
                            graph.task(
                                    id,
                                    EmbeddingTasks::embed,
                                    to.context(),
                                    to.sizes(),
                                    to.places(
                                            at,
                                            values.at(),
                                            observed.at(),
                                            weight.at(),
                                            bias.at(),
                                            embedding.at(),
                                            out.at()),
                                    values.array(),
                                    observed.array(),
                                    weight.array(),
                                    bias.array(),
                                    embedding.array(),
                                    channels,
                                    kind.options(),
                                    out.array()));
        }
    }

    static void lower(EmbedValues.Gradient op, Lowering to) {
        int channels = op.dOut().shape().last().size();
        List<Projection> projections = op.embed().projections();
        Kind last = new Kind(projections, projections.size() - 1, op.dOut(), op.embed().values());
        ToIntFunction<Extents> allChunks =
                extents -> last.firstChunk(extents) + last.chunks(extents);
        Lowering.Floats ofObserved =
                to.kept(extents -> mostChunks(projections, last, extents) * channels);
        for (int i = 0; i < projections.size(); i++) {
            Kind kind = last.before(i);
            int inputs = Math.multiplyExact(channels, kind.options());
            Lowering.Floats sums =
                    to.kept(extents -> (long) kind.mostChunks(extents) * (inputs + channels));
            lowerProducts(
                    kind,
                    to.floats(op.embed().values()),
                    to.floats(op.embed().observed()),
                    to.floats(op.dOut()),
                    channels,
                    1,
                    sums,
                    ofObserved.at(),
                    to);
            merge(kind, sums, inputs, channels, op.dProjections().get(i), to);
        }
        to.merge(ofObserved, channels, allChunks, channels, op.dObservedEmbedding());
    }

    private static long mostChunks(List<Projection> projections, Kind last, Extents extents) {
        long most = 0;
        for (int i = 0; i < projections.size(); i++) {
            most += last.before(i).mostChunks(extents);
        }
        return most;
    }

    static void lower(ProjectValues op, Lowering to) {
        int channels = op.x().shape().last().size();
        Lowering.Floats x = to.floats(op.x());
        Lowering.Floats out = to.floats(op.out());
        for (int i = 0; i < op.projections().size(); i++) {
            Kind kind = new Kind(op.projections(), i, op.x(), op.out());
            int at = kind.numbers(0, to);
            int options = kind.options();
            Lowering.Floats weight = to.floats(op.projections().get(i).weight());
            Lowering.Floats bias = to.floats(op.projections().get(i).bias());
            to.launch(
                    "project",
                    9,
                    extents ->
                            (long) Math.ceilDiv(kind.rows(extents), TILE) * parts(options) * TILE,
                    TILE,
                    (graph, id) ->
                            graph.task(
                                    id,
                                    EmbeddingTasks::project,
                                    to.context(),
                                    to.sizes(),
                                    to.places(at, x.at(), weight.at(), bias.at(), out.at()),
                                    x.array(),
                                    weight.array(),
                                    bias.array(),
                                    channels,
                                    options,
                                    out.array()));
        }
    }

    static void lower(ProjectValues.Gradient op, Lowering to) {
        int channels = op.dX().shape().last().size();
        List<Projection> projections = op.project().projections();
        Lowering.Floats x = to.floats(op.project().x());
        Lowering.Floats dOut = to.floats(op.dOut());
        Lowering.Floats dX = to.floats(op.dX());
        for (int i = 0; i < projections.size(); i++) {
            Kind kind = new Kind(projections, i, op.dX(), op.dOut());
            int at = kind.numbers(0, to);
            int options = kind.options();
            Lowering.Floats weight = to.floats(projections.get(i).weight());
            to.launch(
                    "gradientOfProject",
                    8,
                    kind.channelItems(channels),
                    Lowering.GROUP,
                    (graph, id) ->
                            graph.task(
                                    id,
                                    EmbeddingTasks::projectBackward,
                                    to.context(),
                                    to.sizes(),
                                    to.places(at, dOut.at(), weight.at(), dX.at()),
                                    dOut.array(),
                                    weight.array(),
                                    channels,
                                    options,
                                    dX.array()));
            int inputs = Math.multiplyExact(channels, options);
            Lowering.Floats sums =
                    to.kept(extents -> (long) kind.mostChunks(extents) * (inputs + options));
            lowerProducts(kind, dOut, dOut, x, channels, 0, sums, 0, to);
            merge(kind, sums, inputs, options, op.dProjections().get(i), to);
        }
    }

    /** Of the chunks, which have sums for weights and then for biases. */
    private static void merge(
            Kind kind,
            Lowering.Floats sums,
            int weights,
            int biases,
            Projection gradient,
            Lowering to) {
        int stride = weights + biases;
        to.merge(sums, stride, kind::chunks, weights, gradient.weight());
        to.merge(sums.from(weights), stride, kind::chunks, biases, gradient.bias());
    }

    private static void lowerProducts(
            Kind kind,
            Lowering.Floats values,
            Lowering.Floats observed,
            Lowering.Floats x,
            int channels,
            int embeds,
            Lowering.Floats sums,
            int ofObservedAt,
            Lowering to) {
        int options = kind.options();
        int at = kind.numbers(embeds, to);
        int groups = ColumnSumTasks.blocks(channels + 1 - embeds) * parts(options + 2 * embeds);
        to.launch(
                "products",
                8,
                extents -> (long) kind.chunks(extents) * groups * GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                EmbeddingTasks::products,
                                to.context(),
                                to.sizes(),
                                to.places(
                                        at,
                                        values.at(),
                                        observed.at(),
                                        x.at(),
                                        sums.at(),
                                        ofObservedAt),
                                values.array(),
                                observed.array(),
                                x.array(),
                                channels,
                                sums.array()));
    }
}
