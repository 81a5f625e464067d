package gsdm.graph.model;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

class FoldingTest {
    private static final long KEY = RandomStream.seed(9);
    private static final float NONE = Float.NaN;
    private static final int REDRAWS = 8;

    /** What is known, NaN elsewhere. */
    private static float[] fold(GraphicalModel model, float... given) {
        float[] observed = new float[given.length];
        for (int node = 0; node < given.length; node++) {
            observed[node] = Float.isNaN(given[node]) ? 0 : 1;
        }
        return fold(model.folding(), given, observed);
    }

    private static float[] fold(Folding folding, float[] given, float[] observed) {
        float[] values = given.clone();
        float[] flags = observed.clone();
        folding.fold(values, MemorySegment.ofArray(flags), 0);
        for (int node = 0; node < values.length; node++) {
            assertThat(flags[node]).isIn(0f, 1f).isGreaterThanOrEqualTo(observed[node]);
            if (flags[node] == observed[node]) {
                assertThat(Float.compare(values[node], given[node])).isZero();
            }
            values[node] = flags[node] == 1 ? values[node] : NONE;
        }
        return values;
    }

    /** Two roots, two nodes, and what follows of what. */
    @ParameterizedTest
    @CsvSource({
        "TIMES, 0,   NaN, 0",
        "TIMES, NaN, 0,   0",
        "TIMES, 3,   NaN, NaN",
        "TIMES, NaN, NaN, NaN",
        "TIMES, 3,   -2,  -6",
        "TIMES, 0,   -2,  -0.0",
        "PLUS,  0,   NaN, NaN",
        "PLUS,  NaN, 1,   NaN",
        "PLUS,  2,   3,   5",
        "MINUS, 0,   NaN, NaN",
        "MINUS, 2,   3,   -1",
        "MAX,   9,   NaN, NaN",
        "MAX,   NaN, 9,   NaN",
        "MAX,   2,   3,   3"
    })
    void anOperationOnAnUnknownValueIsUnknownButTimesZero(
            Expr.Operation operation, float left, float right, float expected) {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array a = m.normal("a");
                    Array b = m.normal("b");
                    m.let("c", new Expr.Binary(operation, a.here(), b.here()));
                });
        assertThat(fold(model, left, right, NONE)).containsExactly(left, right, expected);
    }

    @ParameterizedTest
    @CsvSource({"RELU, -2, 0", "TANH, 0, 0", "EXP, 0, 1"})
    void aFunctionOfAKnownValueIsKnown(Expr.Function function, float of, float expected) {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array a = m.normal("a");
                    m.let("b", new Expr.Unary(function, a.here()));
                });
        assertThat(fold(model, of, NONE)).containsExactly(of, expected);
        assertThat(fold(model, NONE, NONE)).containsExactly(NONE, NONE);
        assertThat(fold(model, NONE, 7)).containsExactly(NONE, 7);
    }

    @ParameterizedTest
    @CsvSource({"SUM, 1", "MEAN, 0.5", "MAX, 3"})
    void aReductionIsKnownIfAllOfItIs(Expr.Reduction reduction, float expected) {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 2);
                    Plate j = m.plate("j", 2);
                    Array a = m.normal("a", i, j);
                    m.let("b", new Expr.Reduce(reduction, List.of(j), a.here()), i);
                });
        assertThat(fold(model, 9, NONE, -2, 3, NONE, NONE))
                .containsExactly(9, NONE, -2, 3, NONE, expected);
    }

    /** What follows is known to its readers: a sum of zeros, its ReLU, and what that cancels. */
    @Test
    void whatFollowsIsKnownToItsReaders() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 2);
                    Array x = m.data("x", (_, _) -> 0, i);
                    Array w = m.normal("w", i);
                    Array p = m.let("p", x.here().times(w.here()), i);
                    Array s = m.let("s", p.here().sum(i).minus(1));
                    Array z = m.let("z", s.here().relu());
                    m.let("y", z.here().times(w.here()), i);
                });
        assertThat(fold(model, 0, 0, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE))
                .containsExactly(0, 0, NONE, NONE, 0, 0, -1, 0, 0, 0);
        assertThat(fold(model, 0, 1, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE))
                .containsExactly(0, 1, NONE, NONE, 0, NONE, NONE, NONE, NONE, NONE);
    }

    /** An observation at odds with its definition stands, and is what its readers read. */
    @Test
    void whatIsObservedStands() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array a = m.normal("a");
                    Array b = m.let("b", a.here().plus(1));
                    m.let("c", b.here().times(2));
                });
        assertThat(fold(model, 1, 5, NONE)).containsExactly(1, 5, 10);
        assertThat(fold(model, NONE, 5, NONE)).containsExactly(NONE, 5, 10);
    }

    @Test
    void onlyValuesThatAnArrayCanHaveFollow() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array a = m.data("a", (_, _) -> 0);
                    m.let("b", a.here().exp());
                    m.discrete("c", 2, Expr.constant(1).minus(a.here()));
                });
        assertThat(fold(model, 0, NONE, NONE)).containsExactly(0, 1, 1);
        assertThat(fold(model, 1, NONE, NONE)).containsExactly(1, (float) Math.E, 0);
        assertThat(fold(model, 200, NONE, NONE)).containsExactly(200, NONE, NONE);
    }

    @Test
    void aFactorizationFollowsFromItsFactorsAlone() {
        GraphicalModel model = Examples.factorization(3, 2, 2);
        float[] values = draw(model, KEY);
        assertThat(fold(model.folding(), values, flags(model, "A", "R"))).containsExactly(values);
        float[] product = values.clone();
        Arrays.fill(product, 0, model.offset("E"), NONE);
        assertThat(fold(model.folding(), values, flags(model, "E"))).containsExactly(product);
        assertThat(fold(model.folding(), values, flags(model))).containsOnly(NONE);
    }

    private static float[] draw(GraphicalModel model, long key) {
        float[] values = new float[model.nodeCount()];
        model.sampler().draw(key, values);
        return values;
    }

    private static float[] flags(GraphicalModel model, String... arrays) {
        float[] flags = new float[model.nodeCount()];
        Conditioning.fixed(arrays).sampler(model).draw(0, MemorySegment.ofArray(flags), 0);
        return flags;
    }

    /** Half of all nodes, or of those that are functions of nothing. */
    private static float[] someFlags(GraphicalModel model, boolean rootsOnly, long key) {
        float[] flags = new float[model.nodeCount()];
        Conditioning.parse("*:0.5").sampler(model).draw(key, MemorySegment.ofArray(flags), 0);
        for (Variable variable : model.variables()) {
            if (rootsOnly && variable.origin() instanceof Origin.Derived) {
                Region region = model.region(variable.array());
                Arrays.fill(flags, region.offset(), region.offset() + region.count(), 0);
            }
        }
        return flags;
    }

    /** An example of which half of the roots are zero. */
    private static float[] drawWithZeros(GraphicalModel model, Random random) {
        float[] values = draw(model, random.nextLong());
        for (Variable variable : model.variables()) {
            if (!(variable.origin() instanceof Origin.Derived)) {
                Region region = model.region(variable.array());
                for (int place = 0; place < region.count(); place++) {
                    values[region.offset() + place] *= random.nextInt(2);
                }
            }
        }
        model.sampler().derive(values, 0);
        return values;
    }

    private static List<GraphicalModel> models(long seed) {
        List<GraphicalModel> models =
                new ArrayList<>(
                        List.of(
                                Examples.factorization(3, 4, 2),
                                Examples.convolution(),
                                Examples.operations()));
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            models.add(random(random));
        }
        return models;
    }

    /** A few arrays of random expressions of the arrays before them. */
    private static GraphicalModel random(Random random) {
        return GraphicalModel.define(m -> {
            List<Plate> plates = List.of(m.plate("i", 2), m.ordered("j", 3));
            Plate i = plates.getFirst();
            Plate j = plates.getLast();
            List<Expr> known = new ArrayList<>();
            known.add(m.normal("a", i).here());
            known.add(m.uniform("b", -1, 1, i, j).here());
            known.add(m.data("x", (key, index) -> RandomStream.below(key, index, 3), j).here());
            known.add(m.categorical("d", 2).here());
            Expr all = known.stream().reduce(Expr::plus).orElseThrow();
            known.add(m.let("e", all, i, j).here());
            for (int array = 0; array < 4; array++) {
                Expr expr = random(random, known, 3);
                List<Plate> axes = plates.stream().filter(_ -> random.nextBoolean()).toList();
                Plate[] bound =
                        expr.free().stream()
                                .filter(plate -> !axes.contains(plate))
                                .toArray(Plate[]::new);
                Expr reduced =
                        bound.length == 0
                                ? expr
                                : new Expr.Reduce(
                                        any(random, Expr.Reduction.values()), List.of(bound), expr);
                known.add(m.let("f" + array, reduced, axes.toArray(Plate[]::new)).here());
            }
        });
    }

    private static Expr random(Random random, List<Expr> known, int depth) {
        return switch (depth == 0 ? 0 : random.nextInt(6)) {
            case 0 -> known.get(random.nextInt(known.size()));
            case 1 ->
                    new Expr.Unary(
                            any(random, Expr.Function.values()),
                            random(random, known, depth - 1).tanh());
            case 2 ->
                    new Expr.Binary(
                            any(random, Expr.Operation.values()),
                            random(random, known, depth - 1),
                            Expr.constant(random.nextInt(2)));
            case 3 ->
                    new Expr.Binary(
                            any(random, Expr.Operation.values()),
                            random(random, known, depth - 1),
                            random(random, known, depth - 1));
            default -> random(random, known, depth - 1).times(random(random, known, depth - 1));
        };
    }

    private static <E> E any(Random random, E[] all) {
        return all[random.nextInt(all.length)];
    }

    /** That is what it means to follow. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatFollowsStaysWhenTheUnobservedIsDrawnAgain(long seed) {
        int folded = 0;
        Random random = new Random(seed);
        for (GraphicalModel model : models(seed)) {
            String what = "seed %d, %s".formatted(seed, model.definition().variables());
            float[] values = drawWithZeros(model, random);
            float[] observed = someFlags(model, true, random.nextLong());
            float[] found = fold(model.folding(), values, observed);
            for (int redraw = 0; redraw < REDRAWS; redraw++) {
                float[] other = drawWithZeros(model, random);
                for (int node = 0; node < other.length; node++) {
                    other[node] = observed[node] == 1 ? values[node] : other[node];
                }
                model.sampler().derive(other, 0);
                for (int node = 0; node < other.length; node++) {
                    if (!Float.isNaN(found[node])) {
                        // 0 and -0 are alike
                        assertThat(found[node] == other[node]).as(what).isTrue();
                        folded += 1 - (int) observed[node];
                    }
                }
            }
        }
        assertThat(folded).isGreaterThan(1000);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void allThatFollowsIsFoundAndHasTheValuesOfTheModel(long seed) {
        Random random = new Random(seed);
        for (GraphicalModel model : models(seed)) {
            String what = "seed %d, %s".formatted(seed, model.definition().variables());
            Folding folding = model.folding();
            for (boolean rootsOnly : new boolean[] {false, true}) {
                float[] values = drawWithZeros(model, random);
                float[] observed = someFlags(model, rootsOnly, random.nextLong());
                float[] found = fold(folding, values, observed);
                boolean[] known = new OneByOne(model, values, observed).run();
                for (int node = 0; node < found.length; node++) {
                    float expected = known[node] ? values[node] : NONE;
                    assertThat(found[node] == expected || !known[node] && Float.isNaN(found[node]))
                            .as("%s: node %d, %s for %s", what, node, found[node], expected)
                            .isTrue();
                }
            }
        }
    }

    /** Says what follows, of the definitions written out, with a stack. */
    private static final class OneByOne implements DefinitionSink {
        private final GraphicalModel model;
        private final float[] values;
        private final boolean[] known;
        private final Map<Integer, List<Object>> definitions = new HashMap<>();
        private List<Object> definition = List.of();

        OneByOne(GraphicalModel model, float[] values, float[] observed) {
            this.model = model;
            this.values = values;
            this.known = new boolean[values.length];
            for (int node = 0; node < known.length; node++) {
                known[node] = observed[node] == 1;
            }
        }

        boolean[] run() {
            model.definitions(this);
            for (Variable variable : model.variables()) {
                Region region = model.region(variable.array());
                for (int place = 0; place < region.count(); place++) {
                    int node = region.offset() + place;
                    if (definitions.containsKey(node)) {
                        known[node] |= !Float.isNaN(value(definitions.get(node)));
                    }
                }
            }
            return known;
        }

        /** NaN if it is unknown. */
        private float value(List<Object> operations) {
            List<Float> stack = new ArrayList<>();
            for (Object each : operations) {
                switch (each) {
                    case Integer node -> stack.add(known[node] ? values[node] : NONE);
                    case Float constant -> stack.add(constant);
                    case Expr.Function function -> {
                        float x = stack.removeLast();
                        stack.add(
                                switch (function) {
                                    case RELU -> Math.max(x, 0);
                                    case TANH -> (float) StrictMath.tanh(x);
                                    case EXP -> (float) StrictMath.exp(x);
                                });
                    }
                    case Expr.Operation operation -> {
                        float y = stack.removeLast();
                        float x = stack.removeLast();
                        stack.add(
                                switch (operation) {
                                    case PLUS -> x + y;
                                    case MINUS -> x - y;
                                    case TIMES -> x == 0 || y == 0 ? 0 : x * y;
                                    case MAX -> Math.max(x, y);
                                });
                    }
                    default -> throw new AssertionError(each);
                }
            }
            return stack.getLast();
        }

        @Override
        public void begin(int node) {
            definition = new ArrayList<>();
            definitions.put(node, definition);
        }

        @Override
        public void read(int node) {
            definition.add(node);
        }

        @Override
        public void constant(float value) {
            definition.add(value);
        }

        @Override
        public void apply(Expr.Function function) {
            definition.add(function);
        }

        @Override
        public void apply(Expr.Operation operation) {
            definition.add(operation);
        }

        @Override
        public void end(boolean complete) {
            assertThat(complete).isTrue();
        }
    }

    /** In a part of a model follows what does in the whole, but for what reads dropped nodes. */
    @ParameterizedTest
    @ValueSource(longs = {7, 8})
    void whatIsDroppedIsUnknown(long seed) {
        Random random = new Random(seed);
        int folded = 0;
        for (GraphicalModel model : models(seed)) {
            Map<Plate, int[]> kept = new HashMap<>();
            for (Plate plate : model.plates()) {
                int keep = 1 + random.nextInt(model.fullSize(plate));
                kept.put(
                        plate,
                        random.ints(0, model.fullSize(plate)).distinct().limit(keep).toArray());
            }
            GraphicalModel part = model.restrict(kept);
            String what = "seed %d, %s".formatted(seed, part);
            float[] values = drawWithZeros(model, random);
            float[] observed = someFlags(model, false, random.nextLong());
            int[] own = part.layout().ownIndices();
            float[] some = new float[own.length];
            float[] someObserved = new float[own.length];
            float[] keptObserved = new float[values.length];
            for (int node = 0; node < own.length; node++) {
                some[node] = values[own[node]];
                someObserved[node] = observed[own[node]];
                keptObserved[own[node]] = observed[own[node]];
            }
            float[] whole = fold(model.folding(), values, keptObserved);
            float[] found = fold(part.folding(), some, someObserved);
            Set<Integer> readDropped = readersOfDropped(part);
            for (int node = 0; node < own.length; node++) {
                float expected = whole[own[node]];
                boolean known = !Float.isNaN(found[node]);
                folded += known && someObserved[node] == 0 ? 1 : 0;
                assertThat(
                                found[node] == expected
                                        || !known
                                                && (Float.isNaN(expected)
                                                        || readDropped.contains(node)))
                        .as("%s: node %d, %s for %s", what, node, found[node], expected)
                        .isTrue();
            }
        }
        assertThat(folded).isGreaterThan(50);
    }

    /** Nodes whose definition reads dropped nodes, or nodes that do. */
    private static Set<Integer> readersOfDropped(GraphicalModel part) {
        Set<Integer> readers = new HashSet<>();
        part.definitions(
                new DefinitionSink() {
                    private int current;
                    private boolean reads;

                    @Override
                    public void begin(int node) {
                        current = node;
                        reads = false;
                    }

                    @Override
                    public void read(int node) {
                        reads |= readers.contains(node);
                    }

                    @Override
                    public void constant(float value) {}

                    @Override
                    public void apply(Expr.Function function) {}

                    @Override
                    public void apply(Expr.Operation operation) {}

                    @Override
                    public void end(boolean complete) {
                        if (reads || !complete) {
                            readers.add(current);
                        }
                    }
                });
        return readers;
    }
}
