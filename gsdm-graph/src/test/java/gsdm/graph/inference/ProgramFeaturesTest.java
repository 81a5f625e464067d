package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import gsdm.graph.model.Affine;
import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.Expr;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Index;
import gsdm.graph.model.Origin;
import gsdm.graph.model.Plate;
import gsdm.graph.model.Scale;
import gsdm.graph.model.Variable;
import gsdm.graph.problem.Problems;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.Dims;
import gsdm.nn.layout.NodeDefinitions;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.LayoutSlots;
import gsdm.nn.network.Network;
import gsdm.nn.network.NetworkInputs;
import gsdm.nn.network.WeightKind;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Residuals;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the network is told of definitions, against the formulas of the model. */
class ProgramFeaturesTest {
    private static final ModelSettings SETTINGS =
            TestSettings.network(8, 1).withProgramFeatures(true);

    private static final Conditioning OBSERVED = Conditioning.fixed("x");
    private static final int STEPS = 9;

    /** What definitions say of one example: three numbers of each node. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Features(VariableLayout layout, float[] all) {
        float of(ArrayLayout array, int place, int feature) {
            int arrays = layout.arrays().size();
            int row = (array.nodeOffset() + place) * Residuals.FEATURES * arrays;
            return all[row + Residuals.FEATURES * layout.arrays().indexOf(array) + feature];
        }
    }

    static Stream<GraphicalModel> models() {
        return Stream.of(
                Problems.named("matrix-factorization")
                        .build(Map.of("rows", "3", "cols", "4", "rank", "2"))
                        .model(),
                Problems.named("bnn")
                        .build(
                                Map.of(
                                        "image",
                                        "7",
                                        "passes",
                                        "2",
                                        "layers",
                                        "conv 2 3x3 stride 2 bias relu; maxpool 2; linear 2"))
                        .model(),
                mean(),
                Mixture.MODEL,
                everything());
    }

    private static GraphicalModel mean() {
        return GraphicalModel.define(m -> {
            Plate i = m.plate("i", 5);
            Array mean = m.normal("mean");
            Array noise = m.normal("noise", i);
            m.let("x", mean.here().plus(noise.at(i)), i);
        });
    }

    /** Every form of an expression, and windows. */
    private static GraphicalModel everything() {
        return GraphicalModel.define(m -> {
            Plate i = m.plate("i", 3);
            Plate j = m.plate("j", 4);
            Plate t = m.ordered("t", 3);
            Plate k = m.ordered("k", 2);
            Plate y = m.ordered("y", 6);
            Array d = m.categorical("D", 3, i);
            Array z = m.categorical("Z", 2, j);
            Array a = m.normal("A", 1, 2, i, j);
            Array w = m.uniform("W", -1, 2, y);
            Array b = m.let("B", a.at(i, j).tanh().minus(0.25).times(d.at(i)), i, j);
            Array c = m.let("C", b.here().max(a.here()).times(0.5).exp().plus(z.at(j)), i, j);
            m.let("F", c.at(i, j).mean(j).plus(a.at(i, Index.constant(2))).relu(), i);
            m.let("G", a.at(i, j).times(c.at(i, j)).max(i, j));
            m.let("H", w.at(t.times(2).plus(k)).times(w.at(t)).sum(k), t);
            m.discrete("K", 2, Expr.constant(1).minus(z.at(j)), j);
        });
    }

    @ParameterizedTest
    @MethodSource("models")
    void ofADrawResidualsAreZeroAndDefinitionsGiveTheValues(GraphicalModel model) {
        float[] values = draw(model, 5);
        Features features = features(model, values);
        int defined = 0;
        for (ArrayLayout array : features.layout.arrays()) {
            boolean derived = model.variable(array.name()).origin() instanceof Origin.Derived;
            for (int n = 0; n < array.nodes(); n++) {
                double scaled = (values[array.nodeOffset() + n] - array.mean()) / array.std();
                String node = array.name() + " " + n;
                assertThat(features.of(array, n, 0)).as(node).isCloseTo(0, within(1e-4f));
                assertThat(features.of(array, n, 1)).as(node).isCloseTo(0, within(1e-3f));
                assertThat((double) features.of(array, n, 2))
                        .as(node)
                        .isCloseTo(derived ? bounded(scaled) : 0, within(1e-4));
                defined += derived ? 1 : 0;
            }
        }
        assertThat(defined).isPositive();
    }

    @ParameterizedTest
    @MethodSource("models")
    void elsewhereTheyAreResidualsAndWhatTheyAskOfWhatIsRead(GraphicalModel model) {
        float[] values = draw(model, 6);
        SplittableRandom random = new SplittableRandom(1);
        VariableLayout layout = Layouts.of(model, SETTINGS, Scale.estimate(model, 0));
        for (ArrayLayout array : layout.arrays()) {
            for (int n = 0; n < (array.options() == 1 ? array.nodes() : 0); n++) {
                values[array.nodeOffset() + n] +=
                        (float) (0.3 * array.std() * random.nextGaussian());
            }
        }
        Features features = features(model, values);
        double[] at = new double[values.length];
        for (int n = 0; n < at.length; n++) {
            at[n] = values[n];
        }
        double[] given = definitions(model, at);
        double[] residuals = new double[at.length];
        double[] stds = new double[at.length];
        for (ArrayLayout array : layout.arrays()) {
            for (int n = array.nodeOffset(); n < array.nodeOffset() + array.nodes(); n++) {
                stds[n] = array.std();
                residuals[n] = Double.isNaN(given[n]) ? 0 : (at[n] - given[n]) / array.std();
            }
        }
        for (ArrayLayout array : layout.arrays()) {
            for (int i = 0; i < array.nodes(); i++) {
                int n = array.nodeOffset() + i;
                double step = 1e-5 * array.std();
                double here = at[n];
                at[n] = here + step;
                double[] above = definitions(model, at);
                at[n] = here - step;
                double[] below = definitions(model, at);
                at[n] = here;
                double pull = 0;
                double curvature = 0;
                for (int c = 0; c < at.length; c++) {
                    double slope = (above[c] - below[c]) / (2 * step) * array.std() / stds[c];
                    pull += Double.isNaN(slope) ? 0 : residuals[c] * slope;
                    curvature += Double.isNaN(slope) ? 0 : slope * slope;
                }
                String node = array.name() + " " + i;
                assertThat((double) features.of(array, i, 0))
                        .as(node)
                        .isCloseTo(bounded(residuals[n]), within(1e-3));
                if (!readTwice(layout.definitions(), n)) {
                    assertThat((double) features.of(array, i, 1))
                            .as(node)
                            .isCloseTo(bounded(pull / (1 + curvature)), within(1e-3));
                }
            }
        }
    }

    /** Whether one definition reads a node in two places: differences give their sum alone. */
    private static boolean readTwice(NodeDefinitions definitions, int node) {
        int defined = 0;
        int before = -1;
        int end = definitions.readPointers()[node + 1];
        for (int i = definitions.readPointers()[node]; i < end; i++) {
            while (definitions.pointers()[defined + 1] <= definitions.reads()[i]) {
                defined++;
            }
            if (defined == before) {
                return true;
            }
            before = defined;
        }
        return false;
    }

    @Test
    void eachPlaceWhereADefinitionReadsANodeHasItsDerivative() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array a = m.normal("A");
                    m.let("B", a.here().times(a.here().plus(3)));
                });
        Features features = features(model, new float[] {0.5f, 2});
        double factor = 1 / features.layout.array("B").std();
        double residual = (2 - 0.5 * 3.5) * factor;
        double left = 3.5 * factor;
        double right = 0.5 * factor;
        double step = residual * (left + right) / (1 + left * left + right * right);
        assertThat((double) features.of(features.layout.array("A"), 0, 1))
                .isCloseTo(bounded(step), within(1e-4));
    }

    /** The more readers agree, the nearer the step comes to where they want the node. */
    @Test
    void howManyReadANodeChangesWhatTheyAskLittle() {
        double[] steps = new double[2];
        int[] readers = {10, 100};
        for (int i = 0; i < readers.length; i++) {
            int size = readers[i];
            GraphicalModel model =
                    GraphicalModel.define(m -> {
                        Plate plate = m.plate("i", size);
                        Array a = m.normal("A");
                        m.let("B", a.here().times(1), plate);
                    });
            float[] values = new float[1 + size];
            Arrays.fill(values, 1, values.length, 0.5f);
            Features features = features(model, values);
            steps[i] = features.of(features.layout.array("A"), 0, 1);
        }
        assertThat(steps[0]).isBetween(0.4, 0.5);
        assertThat(steps[1]).isBetween(steps[0], 0.5);
    }

    @Test
    void aDefinitionThatReadsWhatIsNotKeptIsNone() {
        GraphicalModel whole =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 4);
                    Array a = m.normal("A", i);
                    m.let("one", a.at(i).times(2), i);
                    m.let("all", a.at(i).sum(i));
                });
        GraphicalModel part = whole.restrict(Map.of(whole.plate("i"), new int[] {1, 2}));
        float[] values = {1, -1, 5, -2, 7}; // A, one, all
        Features features = features(part, values);
        ArrayLayout one = features.layout.array("one");
        ArrayLayout all = features.layout.array("all");
        assertThat(features.of(one, 0, 0)).isPositive();
        assertThat(features.of(one, 1, 0)).isCloseTo(0, within(1e-5f));
        assertThat(features.of(all, 0, 0)).isZero();
        assertThat(features.of(all, 0, 2)).isZero();
    }

    @Test
    void whatOverflowsIsBounded() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array a = m.normal("A");
                    m.let("B", a.here().exp().exp().times(a.here().relu()));
                });
        for (float[] values : new float[][] {{50, 1}, {1e30f, 1}, {-1e30f, 1e30f}}) {
            for (float feature : features(model, values).all) {
                assertThat(Math.abs(feature)).isLessThanOrEqualTo(Residuals.BOUND);
            }
        }
    }

    /** Its square is none, yet what a single reader asks for has nothing to do with its size. */
    @Test
    void aDerivativeIsAsLargeAsAFloat() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array a = m.normal("A");
                    m.let("B", a.here().exp());
                });
        Features features = features(model, new float[] {50, 1});
        assertThat(Math.pow(Math.exp(50) / features.layout.array("B").std(), 2))
                .isGreaterThan(Float.MAX_VALUE);
        assertThat((double) features.of(features.layout.array("A"), 0, 1))
                .isCloseTo(bounded(-1 / features.layout.array("A").std()), within(1e-4));
    }

    @Test
    void parametersOfFeaturesAreThereWithThemAlone() {
        VariableLayout layout = Layouts.of(mean(), SETTINGS, Scale.estimate(mean(), 0));
        assertThat(names(SETTINGS, layout)).contains("features.weight", "features.bias");
        for (ModelSettings without :
                List.of(
                        SETTINGS.withProgramFeatures(false),
                        SETTINGS.withSystem(ModelSystem.REGRESSOR_GS))) {
            assertThat(names(without, layout))
                    .isNotEmpty()
                    .noneMatch(name -> name.startsWith("features"));
        }
    }

    private static List<String> names(ModelSettings settings, VariableLayout layout) {
        return settings.network(layout.signature()).parameters().block().slots().stream()
                .map(Slot::name)
                .toList();
    }

    @Test
    void aResumedRunHasTheBitsOfAnUnbrokenOneOnOtherThreads(@TempDir Path folder) {
        RunSettings settings =
                RunSettings.DEFAULTS
                        .with(SETTINGS)
                        .with(TrainingSettings.DEFAULTS.withBatch(5).withWarmup(1))
                        .with(SamplingSettings.DEFAULTS.withSteps(4).withGibbsSweeps(0));
        Path file = folder.resolve("half.safetensors");
        float[] expected;
        float[] without;
        try (Backend one = Backends.open(Backends.AUTO, 1)) {
            expected = trained(one, settings);
            without = trained(one, settings.with(SETTINGS.withProgramFeatures(false)));
        }
        try (Backend three = Backends.open(Backends.AUTO, 3)) {
            try (Training half =
                    Training.start(three, Mixture.MODEL, OBSERVED, settings, 1, STEPS)) {
                half.run(STEPS / 2);
                half.save(file);
            }
            try (Checkpoint checkpoint = Checkpoint.open(file);
                    Training rest = Training.resume(three, Mixture.MODEL, checkpoint)) {
                rest.run(STEPS - STEPS / 2);
                assertThat(samples(rest, settings)).containsExactly(expected);
            }
        }
        assertThat(expected).isNotEqualTo(without);
    }

    private static float[] trained(Backend backend, RunSettings settings) {
        try (Training whole =
                Training.start(backend, Mixture.MODEL, OBSERVED, settings, 1, STEPS)) {
            whole.run(STEPS);
            long expected =
                    Training.size(backend, Mixture.MODEL, OBSERVED, settings, 0).memory().total();
            assertThat(whole.bytesReserved()).isCloseTo(expected, withPercentage(5));
            return samples(whole, settings);
        }
    }

    private static float[] samples(Training training, RunSettings settings) {
        try (Posterior posterior = training.posterior(WeightKind.RAW, settings.sampling())) {
            Observations points = Observations.of(Mixture.MODEL, "x", -3, 3, 2, 0);
            return posterior.sample(points, 3, 1).array("noise");
        }
    }

    private static double bounded(double x) {
        return x / Math.hypot(1, x / Residuals.BOUND);
    }

    private static float[] draw(GraphicalModel model, long key) {
        float[] values = new float[model.nodeCount()];
        model.sampler().draw(key, values);
        return values;
    }

    /** What the network is told of an estimate, at next to no noise. */
    private static Features features(GraphicalModel model, float[] estimate) {
        VariableLayout layout = Layouts.of(model, SETTINGS, Scale.estimate(model, 0));
        Network network = SETTINGS.network(layout.signature());
        Block given = new Block("given", Block.Role.INPUT);
        Block told = new Block("told", Block.Role.RESULT);
        NetworkInputs inputs =
                new NetworkInputs(
                        network.newLayoutSlots(),
                        given.floats("values", Dims.BATCH, Dims.VALUES),
                        given.floats("observed", Dims.BATCH, Dims.NODES),
                        given.floats("time", Dims.BATCH, Dim.of(network.channels())),
                        given.floats("levels", Dims.BATCH, Dim.of(2)));
        ProgramBuilder builder = new ProgramBuilder("features");
        network.emit(builder, inputs);
        Residuals op =
                builder.ops().stream()
                        .filter(Residuals.class::isInstance)
                        .map(Residuals.class::cast)
                        .findFirst()
                        .orElseThrow();
        Slot all = told.floats("all", op.out().shape().dims().toArray(Dim[]::new));
        builder.keep(op.out(), all);
        Extents sizes = Dims.of(layout, 1);
        LayoutSlots slots = inputs.layout();
        List<Block> blocks = List.of(network.parameters().block(), slots.block(), given, told);
        try (Backend backend = Backends.open("scalar", 1);
                Memory memory = backend.allocate(sizes, blocks);
                Executable executable = backend.compile(builder.build(), memory, sizes)) {
            slots.bind(layout, memory, sizes);
            network.parameters().initialise(memory, 0);
            memory.write(inputs.observed()).fill((byte) 0);
            memory.write(inputs.time()).fill((byte) 0);
            memory.write(inputs.levels()).copyFrom(MemorySegment.ofArray(new float[] {1e-3f, 1}));
            MemorySegment values = memory.write(inputs.values());
            new ValueCodec(layout).encode(estimate, values, 0);
            for (ArrayLayout array : layout.arrays()) {
                for (int x = array.valueOffset(); x < array.valueOffset() + array.values(); x++) {
                    float value = values.getAtIndex(ValueLayout.JAVA_FLOAT, x);
                    values.setAtIndex(
                            ValueLayout.JAVA_FLOAT,
                            x,
                            (float) ((value - array.mean()) / array.std()));
                }
            }
            executable.run(sizes.toArray());
            float[] found = memory.read(all).toArray(ValueLayout.JAVA_FLOAT);
            return new Features(layout, found);
        }
    }

    /** What the definition of each node gives; NaN without one. */
    private static double[] definitions(GraphicalModel model, double[] values) {
        double[] given = new double[values.length];
        Arrays.fill(given, Double.NaN);
        for (Variable variable : model.variables()) {
            if (variable.origin() instanceof Origin.Derived derived) {
                Map<Plate, Integer> at = new HashMap<>();
                fill(model, variable.array(), derived.expr(), at, values, given);
            }
        }
        return given;
    }

    private static void fill(
            GraphicalModel model,
            Array array,
            Expr expr,
            Map<Plate, Integer> at,
            double[] values,
            double[] given) {
        if (at.size() < array.plates().size()) {
            Plate plate = array.plates().get(at.size());
            for (int i = 0; i < model.size(plate); i++) {
                Map<Plate, Integer> inside = new HashMap<>(at);
                inside.put(plate, i);
                fill(model, array, expr, inside, values, given);
            }
            return;
        }
        given[node(model, (Expr.Read) array.here(), at)] = value(model, expr, at, values);
    }

    private static int node(GraphicalModel model, Expr.Read read, Map<Plate, Integer> at) {
        int place = 0;
        int[] shape = model.shape(read.array().name());
        for (int axis = 0; axis < shape.length; axis++) {
            Affine index = read.indices().get(axis);
            int along = index.constant();
            for (Affine.Term term : index.terms()) {
                along += term.factor() * at.get(term.plate());
            }
            place = place * shape[axis] + along;
        }
        return model.offset(read.array().name()) + place;
    }

    private static double value(
            GraphicalModel model, Expr expr, Map<Plate, Integer> at, double[] values) {
        return switch (expr) {
            case Expr.Read read -> values[node(model, read, at)];
            case Expr.Constant constant -> constant.value();
            case Expr.Unary unary -> {
                double x = value(model, unary.of(), at, values);
                yield switch (unary.function()) {
                    case RELU -> Math.max(0, x);
                    case TANH -> Math.tanh(x);
                    case EXP -> Math.exp(x);
                };
            }
            case Expr.Binary binary -> {
                double left = value(model, binary.left(), at, values);
                double right = value(model, binary.right(), at, values);
                yield switch (binary.operation()) {
                    case PLUS -> left + right;
                    case MINUS -> left - right;
                    case TIMES -> left * right;
                    case MAX -> Math.max(left, right);
                };
            }
            case Expr.Reduce reduce -> {
                Map<Plate, Integer> inside = new HashMap<>(at);
                double[] terms = terms(model, reduce, 0, inside, values).toArray();
                double sum = Arrays.stream(terms).sum();
                yield switch (reduce.reduction()) {
                    case SUM -> sum;
                    case MEAN -> sum / terms.length;
                    case MAX -> Arrays.stream(terms).max().orElseThrow();
                };
            }
        };
    }

    private static DoubleStream terms(
            GraphicalModel model,
            Expr.Reduce reduce,
            int loop,
            Map<Plate, Integer> at,
            double[] values) {
        if (loop == reduce.bound().size()) {
            return DoubleStream.of(value(model, reduce.body(), at, values));
        }
        Plate plate = reduce.bound().get(loop);
        return IntStream.range(0, model.size(plate))
                .boxed()
                .flatMapToDouble(i -> {
                    at.put(plate, i);
                    return terms(model, reduce, loop + 1, at, values);
                });
    }
}
