package gsdm.graph.inference;

import static gsdm.graph.inference.NoisedDraw.SWEEPS;
import static gsdm.graph.inference.NoisedDraw.normal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.Expr;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Gibbs chains against posteriors that are known, given noised values too. */
class GibbsPosteriorTest {
    private static final int POINTS = 3;

    /** Points of two kinds, one seen twice as dimly as the other, of which the last is not seen. */
    static final GraphicalModel KINDS =
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
        NoisedDraw example = new NoisedDraw(KINDS, ratio, draw, Conditioning.parse("x:0.5"));
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
        static Enumerated of(NoisedDraw example) {
            int last = POINTS - 1;
            int all = 1 << POINTS;
            double[] weights = new double[all];
            double[][] values = new double[4 + POINTS][all];
            for (int kinds = 0; kinds < all; kinds++) {
                int of = kinds;
                Gaussian gaussian = Gaussian.of(3, u -> joint(example, of, u));
                weights[kinds] = gaussian.logIntegral();
                double[] mean = gaussian.mean();
                values[0][kinds] = mean[0];
                values[1][kinds] = mean[1];
                values[2][kinds] = noise(example, kinds, 0, mean);
                values[3][kinds] = mean[kinds >> last & 1] + (1 + (kinds >> last & 1)) * mean[2];
                for (int i = 0; i < POINTS; i++) {
                    values[4 + i][kinds] = kinds >> i & 1;
                }
            }
            double[] means =
                    Arrays.stream(values).mapToDouble(of -> Gaussian.mean(weights, of)).toArray();
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
        NoisedDraw example = new NoisedDraw(KINDS, ratio, 0, Conditioning.parse("x:0.5"));
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
    private static double noise(NoisedDraw example, int kinds, int i, double[] u) {
        int kind = kinds >> i & 1;
        return (example.drawn("x", i) - u[kind]) / (1 + kind);
    }

    /** Of (low, high, the last e), given the kinds. */
    private static double joint(NoisedDraw example, int kinds, double[] u) {
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
    private static double[] enumerated(NoisedDraw example) {
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
            weights[kinds] = gaussian.logIntegral();
            for (int v = 0; v < 3; v++) {
                values[v][kinds] = gaussian.mean()[v];
                values[3 + v][kinds] = of[1] == v ? 1 : 0;
            }
        }
        return Arrays.stream(values).mapToDouble(of -> Gaussian.mean(weights, of)).toArray();
    }

    /** Of (a, b, f), given the kinds. */
    private static double jointOfThree(NoisedDraw example, int[] kinds, double[] u) {
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

    private static NoisedDraw three(double ratio, int draw, boolean seen) {
        NoisedDraw example = new NoisedDraw(THREE, ratio, draw, Conditioning.parse("x, kind:0.4"));
        show(example, seen);
        return example;
    }

    private static void show(NoisedDraw example, boolean seen) {
        example.observed[example.node("kind", 0)] = seen ? 1 : 0;
        example.observed[example.node("kind", 1)] = 0;
        example.begin();
    }

    @ParameterizedTest
    @CsvSource({"0.7, 1, false", "3, 2, false", "3, 3, true"})
    void labelsOfThreeOptionsThatNoisesMakeUpFor(double ratio, int draw, boolean seen) {
        NoisedDraw example = three(ratio, draw, seen);
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
        NoisedDraw example = three(3, 0, seen);
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
        NoisedDraw example = new NoisedDraw(model, ratio, draw, "x");
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
        assertThat(example.mean("s", 0)).isCloseTo(Gaussian.mean(weights, scales), within(0.02));
        assertThat(example.mean("c", 0)).isCloseTo(Gaussian.mean(weights, centres), within(0.02));
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
        NoisedDraw example = new NoisedDraw(model, 2, draw, "x");
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
                    .isCloseTo(Gaussian.mean(weights, ones[heads]), within(0.02));
        }
        assertThat(example.chain.probability(example.node("a", 0), 1))
                .isCloseTo(Gaussian.mean(weights, ones[3]), within(0.02));
        assertThat(example.mean("e", 0)).isCloseTo(Gaussian.mean(weights, ones[4]), within(0.02));
    }

    /** A category beside two noises, of which one has an unknown part in what is seen. */
    private static final GraphicalModel TWO_NOISES =
            GraphicalModel.define(m -> {
                Plate i = m.plate("i", 3);
                Array w = m.normal("w", 1, 0.5);
                Array b = m.normal("b", 0, 1);
                Array s = m.normal("s", 0, 0.3);
                Array z = m.normal("z", i);
                Array kind = m.categorical("kind", 2, i);
                Array e = m.normal("e", 0, 0.5, i);
                Expr first = w.here().times(z.at(i)).plus(kind.at(i).times(b.here()));
                m.let("x", first.plus(s.here().exp().times(e.at(i))), i);
            });

    /** Some of what is seen is masked: zeros, whatever the rest is. */
    private static final GraphicalModel MASKED =
            GraphicalModel.define(m -> {
                Plate i = m.plate("i", 3);
                Array mask = m.data("mask", (_, at) -> at == 0 ? 0 : 1, i);
                Array low = m.normal("low", -1, 1);
                Array high = m.normal("high", 1, 1);
                Array s = m.normal("s", 0, 0.5);
                Array kind = m.categorical("kind", 2, i);
                Array e = m.normal("e", i);
                Expr mean = low.here().plus(kind.at(i).times(high.here().minus(low.here())));
                m.let("x", mask.at(i).times(mean.plus(s.here().exp().times(e.at(i)))), i);
            });

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of("kinds", KINDS, "x:0.5"),
                Arguments.of("three options", THREE, "x"),
                Arguments.of("three options, some seen", THREE, "x, kind:0.4"),
                Arguments.of("two noises", TWO_NOISES, "x"),
                Arguments.of("masked", MASKED, "x, mask"),
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
            NoisedDraw example = new NoisedDraw(model, ratio, 0, Conditioning.parse(seen));
            double[][] sums = new double[4][model.nodeCount()];
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
                String what = "node %d of %s".formatted(node, name);
                assertThat(Math.abs(sums[0][node]))
                        .as(what)
                        .isLessThanOrEqualTo(4.5 * Math.sqrt(sums[1][node]));
                assertThat(Math.abs(sums[2][node]))
                        .as(what)
                        .isLessThanOrEqualTo(4.5 * Math.sqrt(sums[3][node]));
            }
            for (String root : List.of("a", "w", "low", "s", "mu", "logTau", "kind")) {
                if (model.variables().stream().anyMatch(of -> of.name().equals(root))) {
                    assertThat(sums[1][model.offset(root)]).as(root + " of " + name).isPositive();
                }
            }
        }
    }

    /** Of a value that may be any size, something whose moments all exist. */
    private static double bounded(double value) {
        return Math.clamp(value, -20, 20);
    }
}
