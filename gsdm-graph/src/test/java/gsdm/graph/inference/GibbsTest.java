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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Gibbs chains against posteriors that are known, given noised values too. */
class GibbsTest {
    private static final long KEY = RandomStream.seed(12);

    /** Of chains: not that of draws, which would be alike. */
    private static final long SWEEPS = RandomStream.seed(13);

    /** A chain at a draw of a model, some of which is observed, the rest noised. */
    private static final class Example {
        final GraphicalModel model;
        final float[] values;
        final float[] observed;
        final double signal;
        final double level;
        final Chain chain;
        private final Known known;
        private final Conditioning conditioning;
        private final List<ArrayLayout> arrays;
        private long noise;

        Example(GraphicalModel model, double ratio, int draw, String... observedArrays) {
            this(model, ratio, draw, Conditioning.fixed(observedArrays));
        }

        Example(GraphicalModel model, double ratio, int draw, Conditioning conditioning) {
            this.model = model;
            this.conditioning = conditioning;
            signal = 1 / Math.hypot(1, ratio);
            level = ratio * signal;
            values = new float[model.nodeCount()];
            observed = new float[model.nodeCount()];
            arrays = Layouts.arrays(model.layout(), Scale.estimate(model, KEY));
            Moves moves = Moves.of(model, Layouts.definitions(model), conditioning);
            known = new Known(arrays);
            chain = new Chain(moves, known);
            draw(draw);
        }

        /** Begins at another draw, noised by other noise. */
        final void draw(int draw) {
            model.sampler().draw(RandomStream.fork(KEY, draw), values);
            conditioning
                    .sampler(model)
                    .draw(RandomStream.fork(KEY, draw), MemorySegment.ofArray(observed), 0);
            noise = RandomStream.fork(RandomStream.fork(KEY, 99), draw);
            begin();
        }

        final void begin() {
            known.begin(values, MemorySegment.ofArray(observed), 0, noise, signal, level);
            chain.begin(values);
        }

        void sweep(int sweeps) {
            for (int i = 0; i < sweeps; i++) {
                chain.sweep(RandomStream.fork(SWEEPS, i));
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
        Enumerated exact = Enumerated.of(example);
        assertThat(example.mean("low", 0)).isCloseTo(exact.low, within(0.02));
        assertThat(example.mean("high", 0)).isCloseTo(exact.high, within(0.02));
        assertThat(example.mean("e", 0)).isCloseTo(exact.e, within(0.02));
        assertThat(example.mean("x", last)).isCloseTo(exact.x, within(0.02));
        assertThat(example.chain.shift(example.node("x", 0))).isZero();
        for (int i = 0; i < POINTS; i++) {
            assertThat(example.chain.probability(example.node("kind", i), 1))
                    .isCloseTo(exact.ones[i], within(0.02));
        }
    }

    /** Means given what is known of an example of {@link #KINDS}. */
    private record Enumerated(double low, double high, double e, double x, double... ones) {
        static Enumerated of(Example example) {
            int last = POINTS - 1;
            int all = 1 << POINTS;
            double[] weights = new double[all];
            double[][] values = new double[4 + POINTS][all];
            for (int kinds = 0; kinds < all; kinds++) {
                int of = kinds;
                Gaussian gaussian = Gaussian.of(3, u -> joint(example, of, u));
                weights[kinds] = gaussian.logIntegral;
                double[] mean = gaussian.mean;
                values[0][kinds] = mean[0];
                values[1][kinds] = mean[1];
                values[2][kinds] = noise(example, kinds, 0, mean);
                values[3][kinds] = mean[kinds >> last & 1] + (1 + (kinds >> last & 1)) * mean[2];
                for (int i = 0; i < POINTS; i++) {
                    values[4 + i][kinds] = kinds >> i & 1;
                }
            }
            double[] means = Arrays.stream(values).mapToDouble(of -> mean(weights, of)).toArray();
            return new Enumerated(
                    means[0],
                    means[1],
                    means[2],
                    means[3],
                    Arrays.copyOfRange(means, 4, means.length));
        }
    }

    /**
     * Of a target less the exact mean: the mean, what of it goes along with the exact mean, and the
     * square, beside that of what was drawn.
     */
    private static final class Errors {
        private int count;
        private double sum;
        private double products;
        private double exacts;
        private double squares;
        private double drawn;

        void add(double target, double draw, double exact) {
            double off = target - exact;
            count++;
            sum += off;
            products += off * exact;
            exacts += exact * exact;
            squares += off * off;
            drawn += (draw - exact) * (draw - exact);
        }

        void assertUnbiased(String what, double share) {
            double chance = 4 * Math.sqrt(squares / count / count);
            assertThat(sum / count).as(what).isCloseTo(0, within(chance));
            assertThat(products / exacts)
                    .as(what)
                    .isCloseTo(0, within(4 * Math.sqrt(squares / count / exacts)));
            assertThat(squares / drawn).as(what).isLessThan(share);
        }
    }

    /** Also where two options could as well be exchanged, and either place has a share. */
    @ParameterizedTest
    @CsvSource({"0.5, 0.1, 0.4", "1.5, 0.25, 0.3", "5, 0.2, 0.25"})
    void averagesHaveTheExactMeansAndLessVariance(double ratio, double ofMeans, double ofKinds) {
        Example example = new Example(KINDS, ratio, 0, Conditioning.parse("x:0.5"));
        Errors low = new Errors();
        Errors high = new Errors();
        Errors kind = new Errors();
        for (int draw = 0; draw < 4000; draw++) {
            example.draw(draw);
            for (int i = 0; i < POINTS; i++) {
                example.observed[example.node("x", i)] = i < POINTS - 1 ? 1 : 0;
            }
            example.begin();
            example.chain.average(1, RandomStream.fork(SWEEPS, draw));
            Enumerated exact = Enumerated.of(example);
            low.add(example.mean("low", 0), example.drawn("low", 0), exact.low);
            high.add(example.mean("high", 0), example.drawn("high", 0), exact.high);
            kind.add(
                    example.chain.probability(example.node("kind", 1), 1),
                    example.drawn("kind", 1),
                    exact.ones[1]);
        }
        low.assertUnbiased("low", ofMeans);
        high.assertUnbiased("high", ofMeans);
        kind.assertUnbiased("kind", ofKinds);
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

    private static final int FEW = 2;

    /** Three kinds, of which a label may be seen, and two noises. */
    private static final GraphicalModel THREE =
            GraphicalModel.define(m -> {
                Plate i = m.plate("i", FEW);
                Array a = m.normal("a");
                Array b = m.normal("b");
                Array kind = m.categorical("kind", 3, i);
                Array e = m.normal("e", 0, 0.6, i);
                Array f = m.normal("f", 0, 0.5, i);
                Expr mean = a.here().plus(kind.at(i).times(b.here()));
                m.let("x", mean.plus(e.at(i)).plus(f.at(i)), i);
            });

    /** Means of a, b, the first f and the options of the last kind, of an example of it. */
    private static double[] enumerated(Example example) {
        int all = 9;
        double[] weights = new double[all];
        double[][] values = new double[6][all];
        for (int kinds = 0; kinds < all; kinds++) {
            int[] of = {kinds % 3, kinds / 3};
            boolean seen = example.observed[example.node("kind", 0)] == 1;
            if (seen && of[0] != example.drawn("kind", 0)) {
                weights[kinds] = Double.NEGATIVE_INFINITY;
                continue;
            }
            Gaussian gaussian = Gaussian.of(4, u -> jointOfThree(example, of, u));
            weights[kinds] = gaussian.logIntegral;
            for (int v = 0; v < 3; v++) {
                values[v][kinds] = gaussian.mean[v];
                values[3 + v][kinds] = of[1] == v ? 1 : 0;
            }
        }
        return Arrays.stream(values).mapToDouble(of -> mean(weights, of)).toArray();
    }

    /** Of (a, b, f), given the kinds. */
    private static double jointOfThree(Example example, int[] kinds, double[] u) {
        double log = normal(u[0], 0, 1) + normal(u[1], 0, 1);
        log += example.noised("a", 0, u[0]) + example.noised("b", 0, u[1]);
        for (int i = 0; i < FEW; i++) {
            double f = u[2 + i];
            double e = example.drawn("x", i) - u[0] - kinds[i] * u[1] - f;
            log += normal(e, 0, 0.6) + example.noised("e", i, e);
            log += normal(f, 0, 0.5) + example.noised("f", i, f);
            if (example.observed[example.node("kind", i)] == 0) {
                log += example.noised("kind", i, kinds[i]);
            }
        }
        return log;
    }

    private static Example three(double ratio, int draw, boolean seen) {
        Example example = new Example(THREE, ratio, draw, Conditioning.parse("x, kind:0.4"));
        show(example, seen);
        return example;
    }

    private static void show(Example example, boolean seen) {
        example.observed[example.node("kind", 0)] = seen ? 1 : 0;
        example.observed[example.node("kind", 1)] = 0;
        example.begin();
    }

    @ParameterizedTest
    @CsvSource({"0.7, 1, false", "3, 2, false", "3, 3, true"})
    void labelsOfThreeOptionsThatNoisesMakeUpFor(double ratio, int draw, boolean seen) {
        Example example = three(ratio, draw, seen);
        double[] exact = enumerated(example);
        example.sweep(60_000);
        assertThat(example.mean("a", 0)).isCloseTo(exact[0], within(0.03));
        assertThat(example.mean("b", 0)).isCloseTo(exact[1], within(0.03));
        assertThat(example.mean("f", 0)).isCloseTo(exact[2], within(0.03));
        for (int option = 0; option < 3; option++) {
            assertThat(example.chain.probability(example.node("kind", 1), option))
                    .isCloseTo(exact[3 + option], within(0.02));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void averagesOfThreeOptionsHaveTheExactMeans(boolean seen) {
        Example example = three(3, 0, seen);
        Errors a = new Errors();
        Errors b = new Errors();
        Errors f = new Errors();
        Errors kind = new Errors();
        for (int draw = 0; draw < 3000; draw++) {
            example.draw(draw);
            show(example, seen);
            example.chain.average(1, RandomStream.fork(SWEEPS, draw));
            double[] exact = enumerated(example);
            a.add(example.mean("a", 0), example.drawn("a", 0), exact[0]);
            b.add(example.mean("b", 0), example.drawn("b", 0), exact[1]);
            f.add(example.mean("f", 0), example.drawn("f", 0), exact[2]);
            kind.add(
                    example.chain.probability(example.node("kind", 1), 2),
                    example.drawn("kind", 1) == 2 ? 1 : 0,
                    exact[5]);
        }
        a.assertUnbiased("a", 0.75);
        b.assertUnbiased("b", 0.65);
        f.assertUnbiased("f", 0.35);
        kind.assertUnbiased("kind", 0.35);
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

    /** A scale moves no line, and a uniform value has ends: both are known by quadrature. */
    @ParameterizedTest
    @CsvSource({"0.3, 1", "1, 2", "3, 3"})
    void aLongChainGivesTheMeansOfWhatMovesNoLine(double ratio, int draw) {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 2);
                    Array s = m.normal("s", 0.2, 0.5);
                    Array centre = m.uniform("c", -1, 0.5);
                    Array e = m.normal("e", i);
                    m.let("x", centre.here().plus(s.here().exp().times(e.at(i))), i);
                });
        Example example = new Example(model, ratio, draw, "x");
        example.sweep(40_000);
        int points = 300;
        double[] weights = new double[points * points];
        double[] scales = new double[points * points];
        double[] centres = new double[points * points];
        for (int p = 0; p < points * points; p++) {
            double s = 0.2 - 3 + 6 * (p / points + 0.5) / points;
            double c = -1 + 1.5 * (p % points + 0.5) / points;
            scales[p] = s;
            centres[p] = c;
            weights[p] =
                    normal(s, 0.2, 0.5) + example.noised("s", 0, s) + example.noised("c", 0, c);
            for (int i = 0; i < 2; i++) {
                double e = (example.drawn("x", i) - c) / Math.exp(s);
                weights[p] += normal(e, 0, 1) + example.noised("e", i, e) - s;
            }
        }
        assertThat(example.mean("s", 0)).isCloseTo(mean(weights, scales), within(0.02));
        assertThat(example.mean("c", 0)).isCloseTo(mean(weights, centres), within(0.02));
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

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of("kinds", KINDS, "x:0.5"),
                Arguments.of("three options", THREE, "x"),
                Arguments.of("three options, some seen", THREE, "x, kind:0.4"),
                Arguments.of("mixture", CalibratedModel.mixture().model(), "x"),
                Arguments.of("schools", CalibratedModel.schools().model(), "y, sigma"),
                Arguments.of("scale", CalibratedModel.scale(3).model(), "x"),
                Arguments.of("square", CalibratedModel.square().model(), "x"));
    }

    /**
     * A draw is a sample of its posterior, and what sweeps make of it is another: over many draws
     * each root has the mean and the mean square that it had (Geweke 2004).
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void sweepsLeaveTheDistributionOfDrawsAsItIs(String name, GraphicalModel model, String seen) {
        int draws = 10_000;
        for (double ratio : new double[] {1, 30}) {
            Example example = new Example(model, ratio, 0, Conditioning.parse(seen));
            double[][] sums = new double[4][model.nodeCount()];
            boolean moved = false;
            for (int draw = 0; draw < draws; draw++) {
                example.draw(draw);
                for (int sweep = 0; sweep < 3; sweep++) {
                    example.chain.sweep(RandomStream.fork(RandomStream.fork(SWEEPS, draw), sweep));
                }
                for (int node = 0; node < model.nodeCount(); node++) {
                    double before = bounded(example.values[node]);
                    double after = bounded(example.chain.value(node));
                    double more = after - before;
                    double moreSquared = after * after - before * before;
                    sums[0][node] += more;
                    sums[1][node] += more * more;
                    sums[2][node] += moreSquared;
                    sums[3][node] += moreSquared * moreSquared;
                }
            }
            for (int node = 0; node < model.nodeCount(); node++) {
                moved |= sums[1][node] > 0;
                String what = "node %d of %s".formatted(node, name);
                assertThat(Math.abs(sums[0][node]))
                        .as(what)
                        .isLessThanOrEqualTo(4.5 * Math.sqrt(sums[1][node]));
                assertThat(Math.abs(sums[2][node]))
                        .as(what)
                        .isLessThanOrEqualTo(4.5 * Math.sqrt(sums[3][node]));
            }
            assertThat(moved).isTrue();
        }
    }

    /** Of a value that may be any size, something whose moments all exist. */
    private static double bounded(double value) {
        return Math.clamp(value, -20, 20);
    }

    /** What is zero whatever it is times does not hold it: as where zeros are folded. */
    @Test
    void zerosThatAreObservedHoldNothing() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 2);
                    Array w = m.normal("w");
                    Array zero = m.data("zero", (_, at) -> at, i);
                    Array p = m.let("p", zero.at(i).times(w.here()), i);
                    Array e = m.normal("e", i);
                    m.let("y", p.at(i).plus(e.at(i)), i);
                });
        Example example = new Example(model, 1, 1, "y", "zero");
        example.observed[example.node("p", 0)] = 1;
        example.begin();
        example.sweep(1);
        assertThat(example.chain.shift(example.node("w", 0))).isNotZero();
        assertThat(example.chain.shift(example.node("p", 1))).isNotZero();
        assertThat(example.chain.shift(example.node("p", 0))).isZero();
        example.observed[example.node("p", 1)] = 1;
        example.begin();
        example.sweep(1);
        assertThat(example.chain.shift(example.node("w", 0))).isZero();
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
        Example example = new Example(CalibratedModel.mean().model(), 1, 0, "x");
        for (int draw = 0; draw < draws; draw++) {
            example.draw(draw);
            example.chain.average(1, RandomStream.fork(SWEEPS, draw));
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
            example.chain.settle();
            example.chain.average(2, RandomStream.fork(SWEEPS, round));
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(1024);
    }
}
