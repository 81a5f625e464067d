package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.graph.gibbs.Chain;
import gsdm.graph.gibbs.Known;
import gsdm.graph.gibbs.Moves;
import gsdm.graph.inference.CalibratedModel.Moments;
import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.Expr;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ModelLayout;
import gsdm.graph.model.Plate;
import gsdm.graph.model.Scale;
import gsdm.nn.network.WeightKind;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.Stream;

/** Samples that Gibbs sweeps move: where to, and which of them. */
class SweepsTest {
    private static final long KEY = RandomStream.seed(8);
    private static final long SWEEPS = RandomStream.seed(9);

    /** A chain from values that need not agree with one another, given what is observed. */
    private static final class Walk {
        final GraphicalModel model;
        final float[] drawn;
        final Chain chain;
        final boolean settled;

        Walk(GraphicalModel model, int draw, String... observedArrays) {
            this.model = model;
            Conditioning conditioning = Conditioning.fixed(observedArrays);
            drawn = draw(model, draw);
            float[] observed = new float[drawn.length];
            conditioning.sampler(model).draw(KEY, MemorySegment.ofArray(observed), 0);
            float[] from = draw(model, draw + 1000);
            for (int node = 0; node < from.length; node++) {
                from[node] = observed[node] == 1 ? drawn[node] : from[node];
            }
            ModelLayout nodes = model.layout();
            Known known = new Known(Layouts.arrays(nodes, Scale.identities(model)));
            known.begin(MemorySegment.ofArray(observed), 0);
            chain = new Chain(Moves.of(model, Layouts.definitions(model), conditioning), known);
            chain.begin(from);
            settled = chain.settle();
        }

        private static float[] draw(GraphicalModel model, int draw) {
            float[] values = new float[model.nodeCount()];
            model.sampler().draw(RandomStream.fork(KEY, draw), values);
            return values;
        }

        double value(String array, int place) {
            return chain.value(model.offset(array) + place);
        }

        void sweep(int i) {
            chain.sweep(RandomStream.fork(SWEEPS, i));
        }
    }

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of("mean", CalibratedModel.mean(), 1, 1_000),
                Arguments.of("schools", CalibratedModel.schools(), 1, 100_000),
                Arguments.of("mixture", CalibratedModel.mixture(), 1, 50_000),
                Arguments.of("mixture of close means", CalibratedModel.mixture(), 2, 50_000),
                Arguments.of("autoregression", CalibratedModel.autoregression(), 1, 20_000),
                Arguments.of("scale", CalibratedModel.scale(5), 1, 5_000),
                Arguments.of("square", CalibratedModel.square(), 1, 100_000));
    }

    /** Begun at a draw of the prior that has nothing to do with what is observed. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void chainsComeToTheExactPosterior(String name, CalibratedModel known, int draw, int sweeps) {
        Walk walk = new Walk(known.model(), draw, known.observed().toArray(String[]::new));
        double[] sums = new double[walk.drawn.length];
        double[] squares = new double[walk.drawn.length];
        for (int i = 0; i < sweeps; i++) {
            walk.sweep(i);
            for (int node = 0; node < sums.length; node++) {
                double value = walk.chain.value(node);
                sums[node] += value;
                squares[node] += value * value;
            }
        }
        known.posterior(walk.drawn)
                .forEach((array, exact) -> {
                    for (int i = 0; i < exact.length; i++) {
                        Moments moments = exact[i];
                        int node = known.model().offset(array) + i;
                        double mean = sums[node] / sweeps;
                        double deviation = Math.sqrt(squares[node] / sweeps - mean * mean);
                        String what = "%s %d of %s".formatted(array, i, name);
                        if (moments.deviation() < 0.1) {
                            continue; // a kind that is nearly certain
                        }
                        double off = 0.1 * moments.deviation();
                        assertThat(mean).as(what).isCloseTo(moments.mean(), within(off));
                        assertThat(deviation).as(what).isCloseTo(moments.deviation(), within(off));
                    }
                });
    }

    /** Functions of what moves have the values of their definitions, observed nodes their own. */
    @Test
    void valuesThatDisagreeAreMadeToAgree() {
        GraphicalModel model = CalibratedModel.schools().model();
        Walk walk = new Walk(model, 1, "y", "sigma");
        assertThat(walk.settled).isTrue();
        for (int sweeps = 0; sweeps < 3; sweeps++) {
            double tau = Math.exp(walk.value("logTau", 0));
            assertThat(walk.value("tau", 0)).isCloseTo(tau, within(1e-9 * tau));
            for (int j = 0; j < model.count("y"); j++) {
                double theta = walk.value("mu", 0) + tau * walk.value("eta", j);
                double y = theta + walk.value("sigma", j) * walk.value("e", j);
                assertThat(walk.value("theta", j)).isCloseTo(theta, within(1e-9));
                assertThat(walk.value("y", j))
                        .isEqualTo(walk.drawn[model.offset("y") + j])
                        .isCloseTo(y, within(1e-9));
            }
            walk.sweep(sweeps);
        }
    }

    /** What a network says of nodes that nothing can make up for is all that is known of them. */
    @Test
    void whatCannotMoveStaysAsItWasSampled() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 3);
                    Array a = m.normal("a", i);
                    Array b = m.let("b", a.at(i).exp(), i);
                    Array c = m.normal("c", i);
                    m.let("x", b.at(i).times(c.at(i)).plus(a.at(i).times(c.at(i))), i);
                    Array d = m.normal("d");
                    Array e = m.normal("e");
                    m.let("y", d.here().plus(e.here()));
                    Array f = m.normal("f");
                    Array g = m.let("g", f.here().times(2));
                    Array h = m.normal("h");
                    m.let("z", g.here().plus(h.here()).exp());
                });
        Walk walk = new Walk(model, 1, "x", "y", "z");
        float[] other = Walk.draw(model, 1001);
        other[model.offset("g")] = 5;
        for (String array : new String[] {"x", "y", "z"}) {
            for (int i = 0; i < model.count(array); i++) {
                other[model.offset(array) + i] = walk.drawn[model.offset(array) + i];
            }
        }
        walk.chain.begin(other);
        assertThat(walk.chain.settle()).isTrue();
        walk.sweep(1);
        for (String array : new String[] {"a", "b", "c", "f", "g", "h"}) {
            for (int i = 0; i < model.count(array); i++) {
                assertThat(walk.value(array, i)).isEqualTo(other[model.offset(array) + i]);
            }
        }
        assertThat(walk.value("d", 0)).isNotEqualTo(other[model.offset("d")]);
    }

    /** A network may give a category that what is observed rules out. */
    @Test
    void categoriesThatCannotBeAreLeft() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array kind = m.categorical("kind", 2);
                    Array e = m.normal("e");
                    m.let("x", kind.here().times(e.here()));
                });
        Walk walk = new Walk(model, 1, "x");
        float[] other = {0, 0, 0};
        other[model.offset("x")] = 1.3f;
        walk.chain.begin(other);
        walk.chain.settle();
        walk.sweep(1);
        assertThat(walk.value("kind", 0)).isOne();
        assertThat(walk.value("e", 0)).isCloseTo(1.3, within(1e-6));
    }

    /** A noise that a category takes out is no noise where there is another. */
    @Test
    void categoriesThatTakeOutANoiseAreDecidedByTheOther() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array centre = m.normal("m");
                    Array kind = m.categorical("kind", 2);
                    Array z = m.normal("z", 0, 5);
                    Array e = m.normal("e", 0, 0.5);
                    Expr outlier = kind.here().times(z.here());
                    m.let("x", centre.here().plus(outlier).plus(e.here()));
                });
        Walk walk = new Walk(model, 1, "x");
        float[] from = new float[model.nodeCount()];
        from[model.offset("x")] = 1;
        walk.chain.begin(from);
        walk.chain.settle();
        double ones = 0;
        int sweeps = 20_000;
        for (int i = 0; i < sweeps; i++) {
            walk.sweep(i);
            ones += walk.value("kind", 0) / sweeps;
        }
        double plain = density(1, 1 + 0.25);
        double far = density(1, 1 + 0.25 + 25);
        assertThat(ones).isCloseTo(far / (plain + far), within(0.03));
    }

    /** Of a centred normal. */
    private static double density(double x, double variance) {
        return Math.exp(-x * x / variance / 2) / Math.sqrt(variance);
    }

    @Test
    void uniformValuesStayBetweenTheirEnds() {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Array u = m.uniform("u", 2, 3);
                    Array e = m.normal("e");
                    m.let("x", u.here().plus(e.here()));
                });
        Walk walk = new Walk(model, 1, "x");
        float[] outside = {0, 0, walk.drawn[model.offset("x")]};
        outside[model.offset("u")] = 7;
        walk.chain.begin(outside);
        walk.chain.settle();
        assertThat(walk.value("u", 0)).isEqualTo(3);
        double sum = 0;
        for (int i = 0; i < 1000; i++) {
            walk.sweep(i);
            assertThat(walk.value("u", 0)).isBetween(2.0, 3.0);
            sum += walk.value("u", 0);
        }
        assertThat(sum / 1000).isBetween(2.2, 2.8);
    }

    private static Training untrained(Backend backend, CalibratedModel known, String conditioning) {
        RunSettings settings =
                RunSettings.DEFAULTS
                        .with(TestSettings.network(8, 1))
                        .with(TrainingSettings.DEFAULTS.withBatch(8));
        Training training =
                Training.start(
                        backend, known.model(), Conditioning.parse(conditioning), settings, 3, 10);
        training.run(2);
        return training;
    }

    private static Posterior posterior(Training training, int sweeps) {
        return training.posterior(
                WeightKind.EMA, SamplingSettings.DEFAULTS.withSteps(4).withGibbsSweeps(sweeps));
    }

    /** Where a chain forgets in a few sweeps where it began, what the network gave is no matter. */
    @Test
    void sweepsMendWhatAnUntrainedNetworkGives() {
        CalibratedModel known = CalibratedModel.autoregression();
        String observed = String.join(", ", known.observed());
        try (Backend backend = Backends.open(Backends.AUTO, 2);
                Training training = untrained(backend, known, observed);
                Posterior without = posterior(training, 0);
                Posterior with = posterior(training, 60)) {
            assertThat(Fit.of(known, without, 50, 100, 1).get("x4").meanError()).isGreaterThan(0.3);
            Fit.of(known, with, 200, 200, 1)
                    .forEach((array, fit) -> {
                        assertThat(fit.deviation()).as(array).isCloseTo(1, within(0.04));
                        assertThat(fit.meanError()).as(array).isLessThan(0.06);
                    });
        }
    }

    /** Moves know what depends on a node only up to what training always observed. */
    @Test
    void queriesThatTrainingNeverSawAreLeftToTheNetwork() {
        CalibratedModel known = CalibratedModel.mean();
        GraphicalModel model = known.model();
        Observations covered = Observations.of(model, "x", 1, 2, 0, 0, 1);
        Observations other = Observations.of(model, "x", 1, 2, Float.NaN, 0, 1);
        try (Backend backend = Backends.open(Backends.AUTO, 1);
                Training training = untrained(backend, known, "x");
                Training partly = untrained(backend, known, "x:0.5");
                Posterior without = posterior(training, 0);
                Posterior with = posterior(training, 3);
                Posterior partlyWithout = posterior(partly, 0);
                Posterior partlyWith = posterior(partly, 3)) {
            assertThat(with.sample(other, 5, 1).values())
                    .isEqualTo(without.sample(other, 5, 1).values());
            assertThat(with.sample(covered, 5, 1).values())
                    .isNotEqualTo(without.sample(covered, 5, 1).values());
            assertThat(partlyWith.sample(other, 5, 1).values())
                    .isNotEqualTo(partlyWithout.sample(other, 5, 1).values());
        }
    }

    /** However many are drawn at a time, by however many threads. */
    @Test
    void aSampleIsAFunctionOfSeedNumberAndObservations() {
        CalibratedModel known = CalibratedModel.mixture();
        float[] x = {1, -1, 0.4f, 2, -2, 0, 0.3f, 1};
        Observations twice =
                Observations.none(known.model(), 2)
                        .and("x", Arrays.copyOf(concat(x, x), 2 * x.length));
        float[] expected = null;
        for (int threads = 1; threads <= 3; threads++) {
            try (Backend backend = Backends.open("scalar", threads);
                    Training training = untrained(backend, known, "x");
                    Posterior posterior = posterior(training, 3)) {
                float[] many = posterior.sample(twice, 4, 5).values();
                float[] few =
                        posterior.sample(Observations.of(known.model(), "x", x), 4, 5).values();
                assertThat(Arrays.copyOf(many, few.length)).isEqualTo(few);
                assertThat(many).isEqualTo(expected == null ? many : expected);
                expected = many;
            }
        }
    }

    private static float[] concat(float[] a, float[] b) {
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
