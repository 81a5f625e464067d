package gsdm.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.TestModels;
import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.diffusion.Objective;
import gsdm.nn.diffusion.Reduction;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.BoundLayout;
import gsdm.nn.network.Network;
import gsdm.nn.network.Regressor;
import gsdm.nn.network.WeightKind;
import gsdm.nn.network.Weights;
import gsdm.nn.sample.Query;
import gsdm.nn.sample.Sampler;
import gsdm.nn.sample.SamplerConfig;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.program.Loss.Criterion;
import gsdm.tensor.random.RandomStream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/** What a trainer minimises, and with what network, is not its affair. */
class ObjectivesTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final VariableLayout PAIR = TestModels.pair(10, 5);
    private static final VariableLayout MIXED = TestModels.mixed();

    private static TrainingConfig config(Objective objective, boolean recompute) {
        TrainingConfig c = TestModels.training(3, 32, 1e-2);
        return new TrainingConfig(
                c.seed(),
                c.batch(),
                c.learningRate(),
                c.optimizer(),
                c.momentum(),
                c.beta1(),
                c.beta2(),
                c.epsilon(),
                c.clipNorm(),
                c.emaDecay(),
                objective,
                recompute,
                c.refined());
    }

    /** Both values the same; the second is observed. */
    private static void pairBatch(long step, Batch batch) {
        for (int b = 0; b < batch.examples(); b++) {
            float value = 10 + 5 * RandomStream.normal(step, b);
            batch.values().setAtIndex(FLOAT, 2L * b, value);
            batch.values().setAtIndex(FLOAT, 2L * b + 1, value);
            batch.observed().setAtIndex(FLOAT, 2L * b, 0);
            batch.observed().setAtIndex(FLOAT, 2L * b + 1, 1);
        }
    }

    /**
     * Nodes of d have the option that the sign of node 0 of a says. That is observed, and so are
     * nodes 0 and 2 of d, the neighbours of node 1 in the ring.
     */
    private static void mixedBatch(long step, Batch batch) {
        batch.values().fill((byte) 0);
        batch.observed().fill((byte) 0);
        for (int b = 0; b < batch.examples(); b++) {
            float sign = RandomStream.uniform(step, b) < 0.5f ? -1 : 1;
            batch.values().setAtIndex(FLOAT, b * 16L, 2 + 4 * sign);
            batch.observed().setAtIndex(FLOAT, b * 10L, 1);
            batch.values().setAtIndex(FLOAT, b * 16L + 5, 0.5f * sign);
            batch.observed().setAtIndex(FLOAT, b * 10L + 7, 1);
            batch.observed().setAtIndex(FLOAT, b * 10L + 9, 1);
            for (int node = 0; node < 3; node++) {
                long option = 7 + 3L * node + (sign < 0 ? 0 : 2);
                batch.values().setAtIndex(FLOAT, b * 16L + option, 1);
            }
        }
    }

    /** One pass, from values that it does not see: what is observed is all it goes by. */
    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void aRegressorLearnsToCopyAndPredictsInOnePass(String device) {
        Network network = new Regressor(TestModels.small(Neighbours.SPARSE), PAIR.signature());
        Diffusion none = Diffusion.none();
        try (Backend backend = Backends.open(device, 1);
                Trainer trainer =
                        Trainer.start(
                                backend,
                                network,
                                none,
                                LayoutBudget.of(PAIR),
                                config(Objective.squaredError(Reduction.MEAN), false));
                Weights weights = new Weights(backend, network);
                BoundLayout layout = new BoundLayout(backend, network, PAIR);
                Sampler sampler =
                        Sampler.open(backend, none, layout, weights, SamplerConfig.ddim(1), 4)) {
            double loss = 1;
            for (int step = 1; step <= 200; step++) {
                loss = trainer.step(PAIR, ObjectivesTest::pairBatch).loss();
            }
            assertThat(loss).isLessThan(0.02);
            trainer.copyWeights(WeightKind.RAW, weights);
            float[] values = {0, 4, 0, 8, 0, 12, 99, 16};
            float[] observed = {0, 1, 0, 1, 0, 1, 0, 1};
            float[] again = values.clone();
            MemorySegment flags = MemorySegment.ofArray(observed);
            sampler.sample(1, 0, 4, Query.of(PAIR, 0, flags, MemorySegment.ofArray(values)));
            for (int i = 0; i < 4; i++) {
                assertThat(values[2 * i]).isEqualTo(values[2 * i + 1], within(1.5f));
            }
            sampler.sample(2, 9, 4, Query.of(PAIR, 9, flags, MemorySegment.ofArray(again)));
            assertThat(again).containsExactly(values);
        }
    }

    @Test
    void crossEntropyTeachesCategories() {
        Objective objective = new Objective(Criterion.CROSS_ENTROPY, Map.of(), Reduction.MEAN);
        try (Backend backend = Backends.open("scalar", 1);
                Trainer trainer =
                        Trainer.start(
                                backend,
                                TestModels.denoiser(MIXED),
                                TestModels.diffusion(),
                                LayoutBudget.of(MIXED),
                                config(objective, false))) {
            double early = trainer.step(MIXED, ObjectivesTest::mixedBatch).arrayLoss(2);
            double late = early;
            for (int step = 2; step <= 200; step++) {
                late = trainer.step(MIXED, ObjectivesTest::mixedBatch).arrayLoss(2);
            }
            assertThat(early).isBetween(0.2, 0.8); // log 3 for each of three options
            assertThat(late).isLessThan(early / 10);
        }
    }

    @Test
    void noTrainerMinimisesCrossEntropyWithoutProbabilities() {
        Network network = new Regressor(TestModels.small(Neighbours.SPARSE), MIXED.signature());
        TrainingConfig config =
                config(new Objective(Criterion.CROSS_ENTROPY, Map.of(), Reduction.MEAN), false);
        LayoutBudget budget = LayoutBudget.of(MIXED);
        try (Backend backend = Backends.open("scalar", 1)) {
            for (ThrowingCallable made :
                    List.<ThrowingCallable>of(
                            () -> Trainer.start(backend, network, Diffusion.none(), budget, config),
                            () ->
                                    Trainer.estimate(
                                            backend, network, Diffusion.none(), budget, config))) {
                assertThatThrownBy(made)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("the network predicts none of array d");
            }
        }
    }

    /** Array losses are of errors without weights: of the same parameters they are the same. */
    @Test
    void weightsOfArraysChangeTheLossAndNotWhatIsReported() {
        Objective plain = Objective.squaredError(Reduction.SUM);
        Objective weighted =
                new Objective(Criterion.SQUARED_ERROR, Map.of("b", 3.0, "d", 0.0), Reduction.SUM);
        try (Backend backend = Backends.open("scalar", 1);
                Trainer first = trainer(backend, plain, false);
                Trainer second = trainer(backend, weighted, false)) {
            StepResult one = first.step(MIXED, ObjectivesTest::mixedBatch);
            StepResult two = second.step(MIXED, ObjectivesTest::mixedBatch);
            double loss = 0;
            double weightedLoss = 0;
            double[] weights = {1, 3, 0};
            for (int a = 0; a < 3; a++) {
                assertThat(two.arrayLoss(a)).isEqualTo(one.arrayLoss(a)).isPositive();
                double share = one.arrayLoss(a) * one.arrayValues(a) / 32;
                loss += share;
                weightedLoss += weights[a] * share;
            }
            assertThat(one.loss()).isEqualTo(loss, within(1e-5 * loss));
            assertThat(two.loss()).isEqualTo(weightedLoss, within(1e-5 * loss));
        }
    }

    private static Trainer trainer(Backend backend, Objective objective, boolean recompute) {
        return Trainer.start(
                backend,
                TestModels.denoiser(MIXED),
                TestModels.diffusion(),
                LayoutBudget.of(MIXED),
                config(objective, recompute));
    }

    @ParameterizedTest
    @MethodSource("gsdm.nn.TestBackends#usable")
    void recomputationSavesMemoryAndChangesNoBit(String device) {
        Objective objective = Objective.squaredError(Reduction.MEAN);
        try (Backend backend = Backends.open(device, 2);
                Trainer keeps = trainer(backend, objective, false);
                Trainer recomputes = trainer(backend, objective, true)) {
            for (int step = 1; step <= 50; step++) {
                keeps.step(MIXED, ObjectivesTest::mixedBatch);
                recomputes.step(MIXED, ObjectivesTest::mixedBatch);
            }
            assertThat(parameters(recomputes)).containsExactly(parameters(keeps));
            assertThat(recomputes.bytesReserved()).isLessThan(keeps.bytesReserved());
        }
    }

    private static int[] parameters(Trainer trainer) {
        return trainer.trainingState()
                .memory()
                .read(trainer.trainingState().parameters())
                .toArray(ValueLayout.JAVA_INT);
    }
}
