package gsdm.graph.inference;

import static gsdm.graph.inference.NoisedDraw.SWEEPS;
import static gsdm.graph.inference.NoisedDraw.normal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;

import gsdm.graph.gibbs.Moves;
import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What Gibbs chains move, and what that does to training. */
class GibbsTest {
    /** Where one line holds all that is open, its mean is the target, whatever was drawn. */
    @ParameterizedTest
    @ValueSource(doubles = {0.05, 1, 20})
    void oneSweepGivesTheMeanWhereAllIsOneLine(double ratio) {
        NoisedDraw example = new NoisedDraw(CalibratedModel.mean().model(), ratio, 1, "x");
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
        assertThat(example.mean("mean", 0)).isCloseTo(gaussian.mean()[0], within(1e-4));
        for (int i = 0; i < 5; i++) {
            assertThat(example.mean("noise", i))
                    .isCloseTo(example.drawn("x", i) - gaussian.mean()[0], within(1e-4));
        }
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
        NoisedDraw example = new NoisedDraw(model, 3, 1, "x");
        example.sweep(5);
        for (int i = 0; i < 8; i++) {
            assertThat(example.chain.probability(example.node("kind", i), 1))
                    .isEqualTo(example.drawn("kind", i));
        }
    }

    /**
     * Of roots that take as much as one another all or none move, and never more than a sweep may.
     */
    @ParameterizedTest
    @CsvSource({"10, true", "120, false"})
    void whatTakesTooMuchStays(int count, boolean moves) {
        GraphicalModel model =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 60);
                    Plate k = m.plate("k", count);
                    Array w = m.normal("w", k);
                    Array e = m.normal("e", i);
                    m.let("x", w.at(k).sum(k).plus(e.at(i)), i);
                });
        NoisedDraw example = new NoisedDraw(model, 1, 1, "x");
        example.sweep(1);
        for (int of = 0; of < count; of++) {
            assertThat(example.chain.shift(example.node("w", of)) != 0).isEqualTo(moves);
        }
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
        NoisedDraw example = new NoisedDraw(model, 1, 1, "y", "zero");
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

    /** In the posterior, what exceeds the mean has no correlation with what is known. */
    @Test
    void targetsHaveTheMeanOfWhatWasDrawnAndLessVariance() {
        double drawn = 0;
        double refined = 0;
        double correlation = 0;
        int draws = 4000;
        NoisedDraw example = new NoisedDraw(CalibratedModel.mean().model(), 1, 0, "x");
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
        NoisedDraw example = new NoisedDraw(model, 1, 1, "y");
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
        assertThat(none(GibbsPosteriorTest.KINDS, "x")).isFalse();
        assertThat(none(GibbsPosteriorTest.KINDS, "x, e")).isTrue();
        assertThat(none(GibbsPosteriorTest.KINDS, "low, high, kind, e")).isTrue();
    }

    private static boolean none(GraphicalModel model, String conditioning) {
        Conditioning observed = Conditioning.parse(conditioning);
        boolean none = Moves.of(model, Layouts.definitions(model), observed).none();
        assertThat(none || Moves.possible(model, observed)).isTrue();
        return none;
    }

    static Stream<GraphicalModel> models() {
        return Stream.of(GibbsPosteriorTest.KINDS, CalibratedModel.scale(3).model());
    }

    @ParameterizedTest
    @MethodSource("models")
    void sweepsAllocateNothing(GraphicalModel model) {
        NoisedDraw example = new NoisedDraw(model, 1, 1, "x");
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
