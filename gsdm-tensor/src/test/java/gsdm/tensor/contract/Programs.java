package gsdm.tensor.contract;

import gsdm.tensor.program.Activation;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Loss;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Segments;
import gsdm.tensor.program.Slot;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Small programs, one for each op that differs in shape or choice, and a stack of many. */
public final class Programs {
    private Programs() {}

    /**
     * A program at some sizes.
     *
     * @param name what the op is and its sizes
     * @param composer appends forward ops and losses
     */
    public record Case(String name, Composer composer) {
        /** The program, all of it a region. */
        public TestProgram compose() {
            TestProgram program = new TestProgram(name.hashCode());
            program.builder.beginRegion();
            composer.compose(program);
            program.builder.endRegion();
            return program;
        }

        @Override
        public String toString() {
            return name + " (seed " + name.hashCode() + ")";
        }
    }

    /** Appends forward ops and losses. */
    public interface Composer {
        void compose(TestProgram program);
    }

    /**
     * A program at two sizes.
     *
     * @param large the same ops on longer axes
     */
    public record Pair(Case small, Case large) {
        @Override
        public String toString() {
            return small + " and " + large;
        }
    }

    /** Everything at sizes where loops have nothing, one and some left over. */
    public static List<Case> all() {
        return pairs().stream().map(Pair::small).toList();
    }

    /** Everything, beside the same at larger sizes. */
    public static List<Pair> pairs() {
        List<Pair> pairs = smallPairs();
        pairs.addAll(at(2, 13, 96));
        pairs.addAll(at(1, 207, 32));
        pairs.addAll(matMuls(207, 64, 96));
        pairs.add(new Pair(diffusion(" 2x4098", 2, 4098), diffusion(" 3x5000", 3, 5000)));
        pairs.add(new Pair(manyRows(2), manyRows(3)));
        return pairs;
    }

    /** What differences in double precision take little time for. */
    public static List<Case> small() {
        return smallPairs().stream().map(Pair::small).toList();
    }

    /** A few that together have every op, for backends that take long to compile one. */
    public static List<Pair> few() {
        return zip(few(2, 13), few(3, 30));
    }

    private static List<Case> few(int batch, int nodes) {
        int channels = 32;
        String size = " " + batch + "x" + nodes + "x" + channels;
        return List.of(
                attention(
                        size,
                        batch,
                        nodes,
                        channels,
                        2,
                        Attention.Neighbours.SPARSE,
                        Graphs.Kind.ASYMMETRIC),
                attention(
                        size,
                        batch,
                        nodes,
                        channels,
                        1,
                        Attention.Neighbours.PADDED,
                        Graphs.Kind.SYMMETRIC),
                attention(
                        size,
                        batch,
                        nodes,
                        channels,
                        4,
                        Attention.Neighbours.DENSE,
                        Graphs.Kind.SYMMETRIC),
                groupNormLinear(size, batch, nodes, channels, true),
                layerNormLinear(size, batch, nodes, channels, true),
                addRows(size, batch, nodes, channels, 4),
                activation(size, batch, nodes, channels, Activation.Function.LEAKY_RELU),
                gather(size, nodes, channels, 4),
                values(size, batch, nodes, channels, Loss.Criterion.CROSS_ENTROPY),
                matMul(nodes, 33, 7, true, false),
                manyRows(batch),
                diffusion(size, batch, nodes),
                residuals(size, batch, nodes));
    }

    /** Those that follow integers in memory, each in a way of its own. */
    public static List<Case> following() {
        List<Case> cases = new ArrayList<>();
        String size = " 2x13x32";
        for (Attention.Neighbours how :
                List.of(Attention.Neighbours.SPARSE, Attention.Neighbours.PADDED)) {
            cases.add(stack(size, 2, 13, 32, how));
            cases.add(attention(size, 2, 13, 32, 2, how, Graphs.Kind.ASYMMETRIC));
        }
        cases.add(attentionLayer(size, 2, 13, 32, Graphs.Kind.SYMMETRIC, false));
        cases.add(gather(size, 13, 32, 4));
        cases.add(diffusion(size, 2, 13));
        cases.add(residuals(size, 2, 13));
        return cases;
    }

    private static List<Pair> smallPairs() {
        List<Pair> pairs = at(1, 1, 32);
        pairs.addAll(at(3, 13, 32));
        for (int channels : new int[] {16, 32, 64}) {
            pairs.addAll(zip(fours(1, 7, channels), fours(2, 20, channels)));
        }
        pairs.addAll(zip(fours(3, 1, 32), fours(7, 23, 32)));
        pairs.addAll(matMuls(1, 1, 1));
        pairs.addAll(matMuls(13, 7, 5));
        pairs.addAll(matMuls(3, 33, 13));
        pairs.addAll(matMuls(207, 9, 11));
        return pairs;
    }

    private static List<Pair> zip(List<Case> small, List<Case> large) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < small.size(); i++) {
            pairs.add(new Pair(small.get(i), large.get(i)));
        }
        return pairs;
    }

    /** Products, of which the first dimension is not fixed. */
    private static List<Pair> matMuls(int rows, int inner, int columns) {
        List<Pair> pairs = new ArrayList<>();
        for (int choice = 0; choice < 4; choice++) {
            boolean ta = (choice & 1) != 0;
            boolean tb = (choice & 2) != 0;
            pairs.add(
                    new Pair(
                            matMul(rows, inner, columns, ta, tb),
                            matMul(2 * rows + 3, inner, columns, ta, tb)));
        }
        return pairs;
    }

    /** Attention with heads in fours, of one vector or of two, and the layer before it. */
    private static List<Case> fours(int batch, int nodes, int channels) {
        String size = " " + batch + "x" + nodes + "x" + channels;
        Attention.Neighbours sparse = Attention.Neighbours.SPARSE;
        List<Case> cases = new ArrayList<>();
        for (Graphs.Kind kind : Graphs.Kind.values()) {
            cases.add(attention(size, batch, nodes, channels, 4, sparse, kind));
            for (boolean overNodes : new boolean[] {false, true}) {
                cases.add(attentionLayer(size, batch, nodes, channels, kind, overNodes));
            }
        }
        return cases;
    }

    /** Every op at one size, beside a larger one. */
    private static List<Pair> at(int batch, int nodes, int channels) {
        return zip(
                at(batch, nodes, channels, nodes),
                at(batch + 1, nodes + nodes / 4 + 7, channels, nodes));
    }

    /** Every op at one size, with tables of one row, of four and of {@code most}. */
    private static List<Case> at(int batch, int nodes, int channels, int most) {
        List<Case> cases = new ArrayList<>();
        String size = " " + batch + "x" + nodes + "x" + channels;
        cases.add(linear(size, batch, nodes, channels, false));
        cases.add(linear(size, batch, nodes, channels, true));
        for (int groups : new int[] {1, 4, 32}) {
            for (boolean silu : new boolean[] {false, true}) {
                cases.add(groupNorm(size, batch, nodes, channels, groups, silu));
            }
        }
        for (boolean silu : new boolean[] {false, true}) {
            cases.add(layerNorm(size, batch, nodes, channels, silu));
            cases.add(groupNormLinear(size, batch, nodes, channels, silu));
            cases.add(layerNormLinear(size, batch, nodes, channels, silu));
            cases.add(residualLayers(size, batch, nodes, channels, silu));
        }
        for (Activation.Function function : Activation.Function.values()) {
            cases.add(activation(size, batch, nodes, channels, function));
        }
        for (int rows : new int[] {1, 4, most}) {
            cases.add(gather(size, nodes, channels, rows));
            cases.add(addRows(size, batch, nodes, channels, rows));
        }
        for (int heads : new int[] {1, 2, 4}) {
            cases.add(
                    attention(
                            size,
                            batch,
                            nodes,
                            channels,
                            heads,
                            Attention.Neighbours.DENSE,
                            Graphs.Kind.SYMMETRIC));
            for (Graphs.Kind kind : Graphs.Kind.values()) {
                for (Attention.Neighbours how :
                        List.of(Attention.Neighbours.SPARSE, Attention.Neighbours.PADDED)) {
                    cases.add(attention(size, batch, nodes, channels, heads, how, kind));
                }
            }
        }
        for (Loss.Criterion discrete : Loss.Criterion.values()) {
            cases.add(values(size, batch, nodes, channels, discrete));
        }
        cases.add(diffusion(size, batch, nodes));
        cases.add(residuals(size, batch, nodes));
        for (Attention.Neighbours how : Attention.Neighbours.values()) {
            cases.add(stack(size, batch, nodes, channels, how));
        }
        return cases;
    }

    private static Case matMul(int rows, int inner, int columns, boolean ta, boolean tb) {
        String name = "matmul " + rows + "x" + inner + "x" + columns + (ta ? " aT" : "");
        return new Case(
                name + (tb ? " bT" : ""),
                p -> {
                    Dim m = p.dim("M", rows);
                    Dim k = Dim.of(inner);
                    Dim l = Dim.of(columns);
                    Slot a = ta ? p.parameter("a", 1, k, m) : p.parameter("a", 1, m, k);
                    Slot b = tb ? p.parameter("b", 1, l, k) : p.parameter("b", 1, k, l);
                    p.squaredError(p.builder.matMul(a, b, ta, tb));
                });
    }

    private static Case linear(String size, int batch, int nodes, int channels, boolean square) {
        return new Case(
                "linear" + (square ? " + itself" : "") + size,
                p -> {
                    Dim k = Dim.of(channels);
                    Dim l = square ? k : Dim.of(channels + 5);
                    Slot x = p.parameter("x", 1, p.dim("B", batch), p.dim("N", nodes), k);
                    Slot weight = p.parameter("weight", 0.2, l, k);
                    Slot bias = p.parameter("bias", 1, l);
                    // Silu makes a temporary of x: with "add" it could be overwritten in place.
                    Slot y = p.builder.activation(Activation.Function.SILU, x);
                    Slot out =
                            square
                                    ? p.builder.linear(y, weight, bias, y)
                                    : p.builder.linear(y, weight, bias);
                    p.squaredError(out);
                });
    }

    /** Sums over more rows than a backend may add up at once. */
    private static Case manyRows(int batch) {
        int nodes = 700;
        return linear(" " + batch + "x" + nodes + "x32", batch, nodes, 32, true);
    }

    private static Case groupNorm(
            String size, int batch, int nodes, int channels, int groups, boolean silu) {
        String what = "group norm " + groups + (silu ? " silu" : "");
        return norm(
                what + size,
                batch,
                nodes,
                channels,
                (builder, x, gamma, beta) ->
                        builder.groupNorm(x, gamma, beta, groups, 1e-6f, silu));
    }

    private static Case layerNorm(String size, int batch, int nodes, int channels, boolean silu) {
        String what = "layer norm" + (silu ? " silu" : "");
        return norm(what + size, batch, nodes, channels, layers(silu));
    }

    /** Makes a norm of x. */
    private interface Norms {
        Norm of(ProgramBuilder builder, Slot x, Slot gamma, Slot beta);
    }

    private static Norms layers(boolean silu) {
        return (builder, x, gamma, beta) -> builder.layerNorm(x, gamma, beta, 1e-6f, silu);
    }

    private static Norms groups(int width, boolean silu) {
        return (builder, x, gamma, beta) -> {
            int groups = x.shape().last().size() / width;
            return builder.groupNorm(x, gamma, beta, groups, 1e-6f, silu);
        };
    }

    private static Case norm(String name, int batch, int nodes, int channels, Norms norms) {
        return new Case(
                name,
                p -> {
                    Dim c = Dim.of(channels);
                    Slot x = p.parameter("x", 2, p.dim("B", batch), p.dim("N", nodes), c);
                    Slot gamma = p.parameter("gamma", 1, c);
                    Slot beta = p.parameter("beta", 1, c);
                    Slot y = p.builder.normalise(norms.of(p.builder, x, gamma, beta));
                    p.squaredError(p.builder.add(y, x));
                });
    }

    /** Two layers: one of another width, and one back with what both began from added. */
    private static Case groupNormLinear(
            String size, int batch, int nodes, int channels, boolean silu) {
        return new Case(
                "group norm linear" + (silu ? " silu" : "") + size,
                p -> {
                    Dim c = Dim.of(channels);
                    Slot x = p.parameter("x", 2, p.dim("B", batch), p.dim("N", nodes), c);
                    Slot y = p.builder.activation(Activation.Function.LEAKY_RELU, x);
                    Dim more = Dim.of(channels + 5);
                    Slot wide = normLinear(p, "wide", y, more, groups(channels, silu), Slot.NONE);
                    p.squaredError(normLinear(p, "back", wide, c, groups(channels + 5, silu), y));
                    p.squaredError(normLinear(p, "itself", y, c, groups(4, silu), y));
                });
    }

    private static Case layerNormLinear(
            String size, int batch, int nodes, int channels, boolean silu) {
        return new Case(
                "layer norm linear" + (silu ? " silu" : "") + size,
                p -> {
                    Dim c = Dim.of(channels);
                    Slot x = p.parameter("x", 2, p.dim("B", batch), p.dim("N", nodes), c);
                    Slot y = p.builder.activation(Activation.Function.LEAKY_RELU, x);
                    Dim more = Dim.of(channels + 5);
                    Slot wide = normLinear(p, "wide", y, more, layers(silu), Slot.NONE);
                    p.squaredError(normLinear(p, "back", wide, c, layers(silu), y));
                });
    }

    /** Two layers with rows added between, of another width, and again with attention behind. */
    private static Case residualLayers(
            String size, int batch, int nodes, int channels, boolean silu) {
        return new Case(
                "residual layers" + (silu ? " silu" : "") + size,
                p -> {
                    Dim b = p.dim("B", batch);
                    Dim n = p.dim("N", nodes);
                    Dim c = Dim.of(channels);
                    Dim wide = Dim.of(channels + 5);
                    Slot x = p.parameter("x", 2, b, n, c);
                    Slot y = p.builder.activation(Activation.Function.LEAKY_RELU, x);
                    Slot example = p.parameter("example", 1, b, wide);
                    Slot table = p.parameter("table", 1, Dim.of(4), wide);
                    Segments segments = Graphs.segments(p, 4, nodes, n);
                    Slot h = normLinear(p, "first", y, wide, layers(silu), Slot.NONE);
                    h = p.builder.addRows(h, example, table, segments);
                    y = normLinear(p, "second", h, c, layers(silu), y);
                    h = normLinear(p, "third", y, wide, layers(silu), Slot.NONE);
                    h = p.builder.addRows(h, example, table, segments);
                    Dim width = Dim.of(3 * channels);
                    Slot qkv = normLinear(p, "qkv", h, width, layers(silu), Slot.NONE);
                    Attention.Pattern over = Graphs.pattern(p, Graphs.Kind.SYMMETRIC, nodes, n);
                    Attention.Neighbours how = Attention.Neighbours.SPARSE;
                    p.squaredError(p.builder.attention(how, qkv, over, 4, 0.6f));
                });
    }

    private static Slot normLinear(
            TestProgram p, String name, Slot x, Dim columns, Norms norms, Slot add) {
        Dim c = x.shape().last();
        Slot gamma = p.parameter(name + " gamma", 1, c);
        Slot beta = p.parameter(name + " beta", 0.3, c);
        Slot weight = p.parameter(name + " weight", 1 / Math.sqrt(c.size()), columns, c);
        Slot bias = p.parameter(name + " bias", 0.1, columns);
        return p.builder.linear(norms.of(p.builder, x, gamma, beta), weight, bias, add);
    }

    private static Case activation(
            String size, int batch, int nodes, int channels, Activation.Function function) {
        return new Case(
                function + size,
                p -> {
                    Dim c = Dim.of(channels);
                    Slot x = p.parameter("x", 2, p.dim("B", batch), p.dim("N", nodes), c);
                    Slot y = p.builder.activation(function, x);
                    p.squaredError(p.builder.add(p.builder.activation(function, y), y));
                });
    }

    private static Case gather(String size, int nodes, int channels, int rows) {
        return new Case(
                "gather " + rows + size,
                p -> {
                    Dim n = p.dim("N", nodes);
                    Dim c = Dim.of(channels);
                    Slot table = p.parameter("table", 1, Dim.of(rows), c);
                    Slot add = p.parameter("add", 1, n, c);
                    Segments segments = Graphs.segments(p, rows, nodes, n);
                    Slot plain = p.builder.gather(table, segments, Slot.NONE);
                    p.squaredError(plain);
                    p.squaredError(p.builder.gather(table, segments, add));
                });
    }

    private static Case addRows(String size, int batch, int nodes, int channels, int rows) {
        return new Case(
                "add rows " + rows + size,
                p -> {
                    Dim b = p.dim("B", batch);
                    Dim n = p.dim("N", nodes);
                    Dim c = Dim.of(channels);
                    Slot x = p.parameter("x", 1, b, n, c);
                    Slot example = p.parameter("example", 1, b, c);
                    Slot table = p.parameter("table", 1, Dim.of(rows), c);
                    Segments segments = Graphs.segments(p, rows, nodes, n);
                    p.squaredError(p.builder.addRows(x, example, table, segments));
                });
    }

    private static Case attention(
            String size,
            int batch,
            int nodes,
            int channels,
            int heads,
            Attention.Neighbours how,
            Graphs.Kind kind) {
        String pattern = how == Attention.Neighbours.DENSE ? "" : " " + kind;
        return new Case(
                how + pattern + " attention, " + heads + " heads" + size,
                p -> {
                    Dim n = p.dim("N", nodes);
                    Dim width = Dim.of(3 * channels);
                    Slot qkv = p.parameter("qkv", 1, p.dim("B", batch), n, width);
                    Attention.Pattern over =
                            how == Attention.Neighbours.DENSE
                                    ? Graphs.none()
                                    : Graphs.pattern(p, kind, nodes, n);
                    p.squaredError(p.builder.attention(how, qkv, over, heads, 0.6f));
                });
    }

    /** A norm, the layer of queries, keys and values, and attention by four heads. */
    private static Case attentionLayer(
            String size, int batch, int nodes, int channels, Graphs.Kind kind, boolean overNodes) {
        Attention.Neighbours how = Attention.Neighbours.SPARSE;
        Norms norms = overNodes ? groups(4, false) : layers(false);
        return new Case(
                (overNodes ? "group" : "layer") + " norm and " + kind + " attention" + size,
                p -> {
                    Dim n = p.dim("N", nodes);
                    Slot x = p.parameter("x", 2, p.dim("B", batch), n, Dim.of(channels));
                    Slot y = p.builder.activation(Activation.Function.LEAKY_RELU, x);
                    Dim width = Dim.of(3 * channels);
                    Slot qkv = normLinear(p, "qkv", y, width, norms, Slot.NONE);
                    Attention.Pattern over = Graphs.pattern(p, kind, nodes, n);
                    p.squaredError(p.builder.attention(how, qkv, over, 4, 0.6f));
                    p.squaredError(y);
                });
    }

    private static Case values(
            String size, int batch, int nodes, int channels, Loss.Criterion discrete) {
        return new Case(
                "values " + discrete + size,
                p -> {
                    Dim b = p.dim("B", batch);
                    Dim n = p.dim("N", nodes);
                    Graphs.Mixed kinds = Graphs.Mixed.of(p, nodes);
                    Slot observed = p.flags("observed", b, n);
                    Slot x = embedded(p, kinds, b, observed, channels);
                    loss(p, kinds, b, x, observed, discrete);
                });
    }

    private static Slot embedded(
            TestProgram p, Graphs.Mixed kinds, Dim b, Slot observed, int channels) {
        Slot values = p.input("values", 1, b, kinds.values());
        Slot embedding = p.parameter("observed embedding", 1, Dim.of(channels));
        return p.builder.embedValues(values, observed, kinds.into(p, channels), embedding);
    }

    /** Out of channels, softmax, squared error of continuous values, another of discrete ones. */
    private static void loss(
            TestProgram p,
            Graphs.Mixed kinds,
            Dim b,
            Slot x,
            Slot observed,
            Loss.Criterion discrete) {
        Dim v = kinds.values();
        int channels = x.shape().last().size();
        Slot raw = p.builder.projectValues(x, kinds.outOf(p, channels), p.output("like", b, v));
        Slot prediction = probabilities(p, raw, kinds, b, discrete);
        float[] target = new float[p.extents().of(b) * p.extents().of(v)];
        for (int i = 0; i < target.length; i++) {
            target[i] = (float) p.random.nextDouble();
        }
        p.loss(
                "loss",
                prediction,
                p.input("target", target, b, v),
                observed,
                kinds.kinds(),
                List.of(Loss.Criterion.SQUARED_ERROR, discrete, discrete),
                kinds.continuous(p));
    }

    /** By cross-entropy with the likelihood of noised values, by squared error without. */
    private static Slot probabilities(
            TestProgram p, Slot raw, Graphs.Mixed kinds, Dim b, Loss.Criterion discrete) {
        if (discrete == Loss.Criterion.SQUARED_ERROR) {
            return p.builder.blockSoftmax(raw, kinds.kinds());
        }
        Dim v = kinds.values();
        int batch = p.extents().of(b);
        float[] noised = new float[batch * p.extents().of(v)];
        for (int i = 0; i < noised.length; i++) {
            noised[i] = (float) p.random.nextGaussian();
        }
        float[] levels = new float[2 * batch];
        for (int i = 0; i < batch; i++) {
            levels[2 * i] = (i + 1f) / (batch + 1);
            levels[2 * i + 1] = (float) Math.sqrt(1 - Math.pow(levels[2 * i], 2));
        }
        return p.builder.blockSoftmax(
                raw,
                p.input("seen", noised, b, v),
                p.input("noise", levels, b, Dim.of(2)),
                kinds.kinds());
    }

    /**
     * What training and sampling do besides the network: values to noised ones, and a step back.
     */
    private static Case diffusion(String size, int batch, int nodes) {
        return new Case(
                "diffusion" + size,
                p -> {
                    Dim b = p.dim("B", batch);
                    Dim n = p.dim("N", nodes);
                    Graphs.Mixed mixed = Graphs.Mixed.of(p, nodes);
                    List<NodeKind> kinds = mixed.kinds();
                    ProgramBuilder builder = p.builder;
                    Slot observed = p.flags("observed", b, n);
                    int[] bounds = {0, mixed.continuous(p) / 2, p.extents().of(mixed.values())};
                    Slot arrays = p.indices("bounds", bounds, Dim.of(3));
                    Slot scales = p.input("scales", 1, Dim.of(2), Dim.of(2));
                    Slot raw = p.input("raw", 2, b, mixed.values());
                    Slot clean = builder.standardise(raw, scales, arrays);
                    int[] keys = p.random.ints(2L * batch).toArray();
                    Slot noise =
                            builder.normals(
                                    p.indices("keys", keys, b, Dim.of(2)),
                                    p.indices("index", places(p, nodes), n),
                                    kinds,
                                    arrays,
                                    mixed.values());
                    Slot two = p.input("two coefficients", 1, b, Dim.of(2));
                    Slot three = p.input("three coefficients", 1, b, Dim.of(3));
                    Slot noised = builder.blend(two, clean, observed, kinds, clean, noise);
                    Slot target = builder.blend(two, noise, clean);
                    Slot clamped = builder.clamp(target, 0.5f, kinds);
                    Slot then =
                            builder.blend(three, noised, observed, kinds, clamped, noised, noise);
                    Slot velocity = builder.blendContinuous(two, clean, kinds, clean, noise);
                    for (Slot slot : List.of(clean, noise, noised, then, velocity)) {
                        builder.keep(slot, p.output("kept " + slot, b, mixed.values()));
                    }
                    Slot prediction = p.parameter("prediction", 1, b, mixed.values());
                    List<Loss.Criterion> criteria =
                            Collections.nCopies(kinds.size(), Loss.Criterion.SQUARED_ERROR);
                    p.loss("loss", prediction, then, observed, kinds, criteria, bounds[1]);
                });
    }

    /** What definitions say of values, and a linear layer of it. */
    private static Case residuals(String size, int batch, int nodes) {
        return new Case(
                "residuals" + size,
                p -> {
                    Dim b = p.dim("B", batch);
                    Dim n = p.dim("N", nodes);
                    Graphs.Mixed mixed = Graphs.Mixed.of(p, nodes);
                    int[] bounds = {0, mixed.continuous(p) / 2, p.extents().of(mixed.values())};
                    float[] levels = new float[2 * batch];
                    for (int i = 0; i < batch; i++) {
                        levels[2 * i] = (i + 1f) / (batch + 1);
                        levels[2 * i + 1] = (float) Math.sqrt(1 - Math.pow(levels[2 * i], 2));
                    }
                    Slot features =
                            p.builder.residuals(
                                    p.input("values", 1, b, mixed.values()),
                                    p.flags("observed", b, n),
                                    p.input("levels", levels, b, Dim.of(2)),
                                    mixed.kinds(),
                                    p.input(
                                            "scales",
                                            new float[] {0.5f, 2, -1, 0.7f},
                                            Dim.of(2),
                                            Dim.of(2)),
                                    p.indices("bounds", bounds, Dim.of(3)),
                                    Graphs.definitions(p, nodes, n));
                    p.squaredError(linear(p, "layer", features, Dim.of(5), Slot.NONE));
                });
    }

    /** Places of nodes in a larger model: runs of neighbours, short and long. */
    private static int[] places(TestProgram p, int nodes) {
        int[] places = new int[nodes];
        for (int i = 1; i < nodes; i++) {
            places[i] = places[i - 1] + (p.random.nextInt(9) == 0 ? p.random.nextInt(1 << 20) : 1);
        }
        return places;
    }

    /** One residual block and one attention block, as a denoiser stacks them. */
    public static Case stack(
            String size, int batch, int nodes, int channels, Attention.Neighbours how) {
        return new Case(
                how + " stack" + size,
                p -> {
                    Dim b = p.dim("B", batch);
                    Dim n = p.dim("N", nodes);
                    Dim c = Dim.of(channels);
                    ProgramBuilder builder = p.builder;
                    Graphs.Mixed kinds = Graphs.Mixed.of(p, nodes);
                    Segments segments = Graphs.segments(p, 4, nodes, n);
                    Slot time = p.parameter("time", 1, b, c);
                    Slot table = p.parameter("table", 1, Dim.of(4), c);
                    Slot observed = p.flags("observed", b, n);
                    Slot x = embedded(p, kinds, b, observed, channels);
                    Slot y = linear(p, "conv1", normed(p, "norm1", x, true), c, Slot.NONE);
                    y = builder.addRows(y, time, table, segments);
                    x = linear(p, "conv2", normed(p, "norm2", y, true), c, x);
                    Slot z = normed(p, "norm3", x, false);
                    Slot qkv = linear(p, "qkv", z, Dim.of(3 * channels), Slot.NONE);
                    Attention.Pattern pattern = Graphs.pattern(p, Graphs.Kind.SYMMETRIC, nodes, n);
                    float scale = (float) (1 / Math.sqrt(channels / 4.0));
                    Slot attended = builder.attention(how, qkv, pattern, 4, scale);
                    x = linear(p, "proj", attended, c, x);
                    loss(p, kinds, b, x, observed, Loss.Criterion.CROSS_ENTROPY);
                });
    }

    private static Slot linear(TestProgram p, String name, Slot x, Dim columns, Slot add) {
        Dim inputs = x.shape().last();
        double deviation = 1 / Math.sqrt(inputs.size());
        Slot weight = p.parameter(name + " weight", deviation, columns, inputs);
        Slot bias = p.parameter(name + " bias", 0.1, columns);
        return p.builder.linear(x, weight, bias, add);
    }

    /**
     * Group norm over groups of four channels. Of one channel, nothing that is added to all nodes
     * would have a gradient; nor would anything of one node, where besides 1 / deviation is 1000: a
     * last bit, 1e6 times larger after two norms, would be what is compared.
     */
    private static Slot normed(TestProgram p, String name, Slot x, boolean silu) {
        Slot gamma = p.parameter(name + " gamma", 1, x.shape().last());
        Slot beta = p.parameter(name + " beta", 0.3, x.shape().last());
        return p.builder.normalise(groups(4, silu).of(p.builder, x, gamma, beta));
    }
}
