package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;

import gsdm.graph.gibbs.Chain;
import gsdm.graph.gibbs.Known;
import gsdm.graph.gibbs.Moves;
import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.Expr;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.graph.model.Scale;
import gsdm.nn.layout.ArrayLayout;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Gibbs chains against posteriors that are known, given noised values too. */
class GibbsTest {
    private static final long KEY = RandomStream.seed(12);

    /** A chain at a draw of a model, some of which is observed, the rest noised. */
    private static final class Example {
        final GraphicalModel model;
        final float[] values;
        final float[] observed;
        final double signal;
        final double level;
        final Chain chain;
        private final Known known;
        private final List<ArrayLayout> arrays;
        private final long noise;

        Example(GraphicalModel model, double ratio, int draw, String... observedArrays) {
            this(model, ratio, draw, Conditioning.fixed(observedArrays));
        }

        Example(GraphicalModel model, double ratio, int draw, Conditioning conditioning) {
            this.model = model;
            signal = 1 / Math.hypot(1, ratio);
            level = ratio * signal;
            values = new float[model.nodeCount()];
            observed = new float[model.nodeCount()];
            model.sampler().draw(RandomStream.fork(KEY, draw), values);
            conditioning
                    .sampler(model)
                    .draw(RandomStream.fork(KEY, draw), MemorySegment.ofArray(observed), 0);
            arrays = Layouts.arrays(model.layout(), Scale.estimate(model, KEY));
            Moves moves = Moves.of(model, Layouts.definitions(model), conditioning);
            known = new Known(arrays);
            chain = new Chain(moves, known);
            noise = RandomStream.fork(RandomStream.fork(KEY, 99), draw);
            begin();
        }

        final void begin() {
            known.begin(values, MemorySegment.ofArray(observed), 0, noise, signal, level);
            chain.begin(values);
        }

        void sweep(int sweeps) {
            for (int i = 0; i < sweeps; i++) {
                chain.sweep(RandomStream.fork(KEY, i));
            }
        }

        int node(String array, int place) {
            return model.offset(array) + place;
        }

        double drawn(String array, int place) {
            return values[node(array, place)];
        }

        double mean(String array, int place) {
            return drawn(array, place) + chain.shift(node(array, place));
        }

        /** The logarithm of the density of a node's noised value if its own were this. */
        double noised(String array, int place, double value) {
            int a = 0;
            while (!arrays.get(a).name().equals(array)) {
                a++;
            }
            ArrayLayout of = arrays.get(a);
            long key = RandomStream.fork(noise, a);
            if (of.options() > 1) {
                double log = 0;
                for (int o = 0; o < of.options(); o++) {
                    double z =
                            signal * (drawn(array, place) == o ? 1 : 0)
                                    + level
                                            * RandomStream.normal(
                                                    key, (long) place * of.options() + o);
                    double off = (z - signal * (value == o ? 1 : 0)) / level;
                    log -= off * off / 2;
                }
                return log;
            }
            double z =
                    signal * (drawn(array, place) - of.mean()) / of.std()
                            + level * RandomStream.normal(key, place);
            double off = (z - signal * (value - of.mean()) / of.std()) / level;
            return -off * off / 2;
        }
    }

    private static double normal(double x, double mean, double deviation) {
        double off = (x - mean) / deviation;
        return -off * off / 2;
    }

    /**
     * The integral of exp(−q) and the mean under it, where q is a quadratic form of few numbers.
     */
    private record Gaussian(double logIntegral, double[] mean) {
        static Gaussian of(int size, ToDoubleFunction<double[]> logDensity) {
            double[] zero = new double[size];
            double here = logDensity.applyAsDouble(zero);
            double[][] system = new double[size][size + 1];
            for (int i = 0; i < size; i++) {
                double up = at(logDensity, size, i, 1, -1, 0);
                double down = at(logDensity, size, i, -1, -1, 0);
                system[i][size] = (up - down) / 2;
                for (int j = 0; j < size; j++) {
                    double along = at(logDensity, size, j, 1, -1, 0);
                    system[i][j] =
                            i == j
                                    ? 2 * here - up - down
                                    : up + along - here - at(logDensity, size, i, 1, j, 1);
                }
            }
            double logDeterminant = 0;
            double[][] rows = new double[size][];
            for (int i = 0; i < size; i++) {
                rows[i] = system[i].clone();
            }
            for (int i = 0; i < size; i++) {
                logDeterminant += Math.log(rows[i][i]);
                for (int r = 0; r < size; r++) {
                    double factor = r == i ? 0 : rows[r][i] / rows[i][i];
                    for (int c = 0; c <= size; c++) {
                        rows[r][c] -= factor * rows[i][c];
                    }
                }
            }
            double[] mean = new double[size];
            for (int i = 0; i < size; i++) {
                mean[i] = rows[i][size] / rows[i][i];
            }
            return new Gaussian(logDensity.applyAsDouble(mean) - logDeterminant / 2, mean);
        }

        private static double at(
                ToDoubleFunction<double[]> of, int size, int i, double x, int j, double y) {
            double[] place = new double[size];
            place[i] = x;
            if (j >= 0) {
                place[j] = y;
            }
            return of.applyAsDouble(place);
        }
    }

    private static final int POINTS = 3;

    /** Points of two kinds, one seen twice as dimly as the other, of which the last is not seen. */
    private static final GraphicalModel KINDS =
            GraphicalModel.define(m -> {
                Plate i = m.plate("i", POINTS);
                Array low = m.normal("low", -1, 1);
                Array high = m.normal("high", 1, 0.7);
                Array kind = m.categorical("kind", 2, i);
                Array e = m.normal("e", 0.1, 0.5, i);
                Expr mean = low.here().plus(kind.at(i).times(high.here().minus(low.here())));
                m.let("x", mean.plus(kind.at(i).plus(1).times(e.at(i))), i);
            });

    @ParameterizedTest
    @CsvSource({"0.3, 1", "1, 2", "1, 3", "2.5, 4", "2.5, 5"})
    void aLongChainGivesTheMeansThatEnumerationGives(double ratio, int draw) {
        Example example = new Example(KINDS, ratio, draw, Conditioning.parse("x:0.5"));
        int last = POINTS - 1;
        for (int i = 0; i < POINTS; i++) {
            example.observed[example.node("x", i)] = i < last ? 1 : 0;
        }
        example.begin();
        example.sweep(60_000);
        double[] low = new double[1 << POINTS];
        double[] high = new double[1 << POINTS];
        double[] e = new double[1 << POINTS];
        double[] x = new double[1 << POINTS];
        double[] weights = new double[1 << POINTS];
        for (int kinds = 0; kinds < 1 << POINTS; kinds++) {
            int of = kinds;
            Gaussian gaussian = Gaussian.of(3, u -> joint(example, of, u));
            weights[kinds] = gaussian.logIntegral;
            double[] mean = gaussian.mean;
            low[kinds] = mean[0];
            high[kinds] = mean[1];
            e[kinds] = noise(example, kinds, 0, mean);
            x[kinds] = mean[kinds >> last & 1] + (1 + (kinds >> last & 1)) * mean[2];
        }
        assertThat(example.mean("low", 0)).isCloseTo(mean(weights, low), within(0.02));
        assertThat(example.mean("high", 0)).isCloseTo(mean(weights, high), within(0.02));
        assertThat(example.mean("e", 0)).isCloseTo(mean(weights, e), within(0.02));
        assertThat(example.mean("x", last)).isCloseTo(mean(weights, x), within(0.02));
        assertThat(example.chain.shift(example.node("x", 0))).isZero();
        for (int i = 0; i < POINTS; i++) {
            double[] ones = new double[1 << POINTS];
            for (int kinds = 0; kinds < 1 << POINTS; kinds++) {
                ones[kinds] = kinds >> i & 1;
            }
            assertThat(example.chain.probability(example.node("kind", i), 1))
                    .isCloseTo(mean(weights, ones), within(0.02));
        }
    }

    /** Of an observed point, what its noise has to be. */
    private static double noise(Example example, int kinds, int i, double[] u) {
        int kind = kinds >> i & 1;
        return (example.drawn("x", i) - u[kind]) / (1 + kind);
    }

    /** Of (low, high, the last e), given the kinds. */
    private static double joint(Example example, int kinds, double[] u) {
        double log = normal(u[0], -1, 1) + normal(u[1], 1, 0.7);
        log += example.noised("low", 0, u[0]) + example.noised("high", 0, u[1]);
        for (int i = 0; i < POINTS; i++) {
            int kind = kinds >> i & 1;
            boolean seen = i < POINTS - 1;
            double e = seen ? noise(example, kinds, i, u) : u[2];
            log += normal(e, 0.1, 0.5) + example.noised("e", i, e);
            log += example.noised("kind", i, kind);
            log += seen ? -Math.log(1 + kind) : example.noised("x", i, u[kind] + (1 + kind) * e);
        }
        return log;
    }

    private static double mean(double[] logWeights, double[] values) {
        double most = Double.NEGATIVE_INFINITY;
        for (double each : logWeights) {
            most = Math.max(most, each);
        }
        double total = 0;
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            double weight = Math.exp(logWeights[i] - most);
            total += weight;
            sum += weight * values[i];
        }
        return sum / total;
    }

    /** Where one line holds all that is open, its mean is the target, whatever was drawn. */
    @ParameterizedTest
    @ValueSource(doubles = {0.05, 1, 20})
    void oneSweepGivesTheMeanWhereAllIsOneLine(double ratio) {
        Example example = new Example(CalibratedModel.mean().model(), ratio, 1, "x");
        example.sweep(1);
        Gaussian gaussian =
                Gaussian.of(
                        1,
                        u -> {
                            double log = normal(u[0], 0, 1) + example.noised("mean", 0, u[0]);
                            for (int i = 0; i < 5; i++) {
                                double e = example.drawn("x", i) - u[0];
                                log += normal(e, 0, 1) + example.noised("noise", i, e);
                            }
                            return log;
                        });
        assertThat(example.mean("mean", 0)).isCloseTo(gaussian.mean[0], within(1e-4));
        for (int i = 0; i < 5; i++) {
            assertThat(example.mean("noise", i))
                    .isCloseTo(example.drawn("x", i) - gaussian.mean[0], within(1e-4));
        }
    }

    /** A scale moves no line, but what is added beside it does. */
    @Test
    void whatMovesNoLineStays() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 2);
                    Array s = m.normal("s");
                    Array centre = m.normal("m");
                    Array e = m.normal("e", i);
                    m.let("x", centre.here().plus(s.here().exp().times(e.at(i))), i);
                });
        Example example = new Example(model, 1, 1, "x");
        example.sweep(1);
        double scale = Math.exp(example.drawn("s", 0));
        Gaussian gaussian =
                Gaussian.of(
                        1,
                        u -> {
                            double log = normal(u[0], 0, 1) + example.noised("m", 0, u[0]);
                            for (int i = 0; i < 2; i++) {
                                double e = (example.drawn("x", i) - u[0]) / scale;
                                log += normal(e, 0, 1) + example.noised("e", i, e);
                            }
                            return log;
                        });
        assertThat(example.mean("m", 0)).isCloseTo(gaussian.mean[0], within(1e-4));
        assertThat(example.chain.shift(example.node("s", 0))).isZero();
        assertThat(example.mean("e", 1))
                .isCloseTo((example.drawn("x", 1) - gaussian.mean[0]) / scale, within(1e-4));
    }

    /** Values that are exactly zero of the kind that has no noise, and others of the other. */
    @Test
    void whatNoNoiseMakesUpForIsCertain() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 8);
                    Array kind = m.categorical("kind", 2, i);
                    Array e = m.normal("e", i);
                    m.let("x", kind.at(i).times(e.at(i)), i);
                });
        Example example = new Example(model, 3, 1, "x");
        example.sweep(5);
        for (int i = 0; i < 8; i++) {
            assertThat(example.chain.probability(example.node("kind", i), 1))
                    .isEqualTo(example.drawn("kind", i));
        }
    }

    /** Of two coins and how many show heads, seen dimly, all three are discrete. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void functionsThatAreDiscreteMoveWithWhatTheyRead(int draw) {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array a = m.categorical("a", 2);
                    Array b = m.categorical("b", 2);
                    Array e = m.normal("e", 0, 0.7);
                    Array heads = m.discrete("heads", 3, a.here().plus(b.here()));
                    m.let("x", heads.here().plus(e.here()));
                });
        Example example = new Example(model, 2, draw, "x");
        example.sweep(40_000);
        double[] weights = new double[4];
        double[][] ones = new double[5][4];
        for (int coins = 0; coins < 4; coins++) {
            int heads = (coins & 1) + (coins >> 1);
            double e = example.drawn("x", 0) - heads;
            weights[coins] =
                    normal(e, 0, 0.7)
                            + example.noised("e", 0, e)
                            + example.noised("a", 0, coins & 1)
                            + example.noised("b", 0, coins >> 1)
                            + example.noised("heads", 0, heads);
            ones[heads][coins] = 1;
            ones[3][coins] = coins & 1;
            ones[4][coins] = e;
        }
        for (int heads = 0; heads < 3; heads++) {
            assertThat(example.chain.probability(example.node("heads", 0), heads))
                    .isCloseTo(mean(weights, ones[heads]), within(0.02));
        }
        assertThat(example.chain.probability(example.node("a", 0), 1))
                .isCloseTo(mean(weights, ones[3]), within(0.02));
        assertThat(example.mean("e", 0)).isCloseTo(mean(weights, ones[4]), within(0.02));
    }

    /** In the posterior, what exceeds the mean has no correlation with what is known. */
    @Test
    void targetsHaveTheMeanOfWhatWasDrawnAndLessVariance() {
        double drawn = 0;
        double refined = 0;
        double correlation = 0;
        int draws = 4000;
        for (int draw = 0; draw < draws; draw++) {
            Example example = new Example(CalibratedModel.mean().model(), 1, draw, "x");
            example.sweep(1);
            double exact = example.mean("mean", 0);
            double off = example.drawn("mean", 0) - exact;
            drawn += off * off;
            correlation += off * exact;
            refined += exact * exact;
        }
        assertThat(drawn / draws).isGreaterThan(0.05);
        assertThat(correlation / refined).isCloseTo(0, within(0.03));
    }

    /** Of two normals that a node alone reads, the one that it is affine in with the root. */
    @Test
    void theNoiseIsTheOneThatGivesALine() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 3);
                    Array w = m.normal("w");
                    Array x = m.normal("x", i);
                    Array e = m.normal("e", i);
                    m.let("y", w.here().times(x.at(i)).plus(e.at(i)), i);
                });
        Example example = new Example(model, 1, 1, "y");
        example.sweep(1);
        assertThat(example.chain.shift(example.node("w", 0))).isNotZero();
        assertThat(example.chain.shift(example.node("x", 0))).isNotZero();
    }

    /** What a chain gives for the mean of five values is what a network can know, to no noise. */
    @Test
    void targetsThatAreExactAreLearned() {
        assertThat(lossAfterTraining(0)).isGreaterThan(0.03);
        assertThat(lossAfterTraining(1)).isLessThan(0.006);
    }

    private static double lossAfterTraining(int sweeps) {
        RunSettings settings = sweeping(TestSettings.network(16, 2), sweeps);
        CalibratedModel known = CalibratedModel.mean();
        double loss = 0;
        try (Backend backend = Backends.open(Backends.AUTO, 2);
                Training training =
                        Training.start(
                                backend, known.model(), known.conditioning(), settings, 3, 1500)) {
            training.run(1400);
            for (int i = 0; i < 100; i++) {
                loss += training.step().loss() / 100;
            }
        }
        return loss;
    }

    private static RunSettings sweeping(ModelSettings network, int sweeps) {
        return RunSettings.DEFAULTS
                .with(network)
                .with(TrainingSettings.DEFAULTS.withBatch(32).withGibbsSweeps(sweeps));
    }

    /** Nodes that were dropped would hold what is kept. */
    @Test
    void restrictedModelsAreTrainedOnWhatIsDrawn() {
        GraphicalModel model = CalibratedModel.mean().model();
        GraphicalModel part = model.restrict(Map.of(model.plate("i"), new int[] {0, 3}));
        assertThat(losses(part, 1)).isEqualTo(losses(part, 0));
        assertThat(losses(model, 1)).isNotEqualTo(losses(model, 0));
    }

    private static List<Double> losses(GraphicalModel model, int sweeps) {
        RunSettings settings = sweeping(TestSettings.network(8, 1), sweeps);
        List<Double> losses = new ArrayList<>();
        try (Backend backend = Backends.open("scalar", 1);
                Training training =
                        Training.start(backend, model, Conditioning.fixed("x"), settings, 1, 3)) {
            training.run(
                    3,
                    step -> {
                        losses.add(step.loss());
                        return true;
                    });
        }
        return losses;
    }

    @Test
    void modelsWithoutNoiseHaveNothingToMove() {
        GraphicalModel products =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 3);
                    Plate j = m.plate("j", 3);
                    Array a = m.normal("a", i);
                    Array b = m.normal("b", j);
                    m.let("x", a.at(i).times(b.at(j)), i, j);
                });
        assertThat(none(products, "x")).isTrue();
        assertThat(Moves.possible(products, Conditioning.parse("x"))).isTrue();
        GraphicalModel sums =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 3);
                    Array a = m.normal("a", i);
                    m.let("x", a.at(i).sum(i));
                });
        assertThat(Moves.possible(sums, Conditioning.parse("x"))).isTrue();
        GraphicalModel shifted =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 3);
                    Array a = m.normal("a", i);
                    Array b = m.let("b", a.at(i).plus(1), i);
                    m.let("x", b.at(i).sum(i));
                });
        assertThat(Moves.possible(shifted, Conditioning.parse("x"))).isFalse();
        assertThat(Moves.possible(shifted, Conditioning.parse("x | b"))).isTrue();
        assertThat(none(products, "x | none")).isFalse();
        assertThat(none(products, "x, a")).isTrue();
        assertThat(none(products, "a:0.5")).isFalse();
        assertThat(none(KINDS, "x")).isFalse();
        assertThat(none(KINDS, "x, e")).isTrue();
        assertThat(none(KINDS, "low, high, kind, e")).isTrue();
    }

    private static boolean none(GraphicalModel model, String conditioning) {
        Conditioning observed = Conditioning.parse(conditioning);
        boolean none = Moves.of(model, Layouts.definitions(model), observed).none();
        assertThat(none || Moves.possible(model, observed)).isTrue();
        return none;
    }

    @Test
    void sweepsAllocateNothing() {
        Example example = new Example(KINDS, 1, 1, "x");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            example.sweep(200);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(1024);
    }
}
