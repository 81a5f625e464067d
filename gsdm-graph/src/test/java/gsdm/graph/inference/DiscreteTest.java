package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.network.WeightKind;
import gsdm.nn.train.StepResult;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;

/** Categories through the facade: trained, saved, sampled, held where they are observed. */
class DiscreteTest {
    private static final GraphicalModel MODEL = Mixture.MODEL;
    private static final Conditioning OBSERVED = Conditioning.parse("x | *:0.5");
    private static final int LAST = 250;
    private static final RunSettings SMALL =
            RunSettings.DEFAULTS
                    .with(TestSettings.network(16, 2))
                    .with(
                            TrainingSettings.DEFAULTS
                                    .withBatch(16)
                                    .withLearningRate(1e-2)
                                    .withWarmup(20)
                                    .withEmaDecay(0.95))
                    .with(SamplingSettings.DEFAULTS.withSteps(10).withGibbsSweeps(0));

    @TempDir private static Path folder;
    private static Backend backend;
    private static Path file;
    private static double firstKindLoss;
    private static double lastKindLoss;
    private static Posterior posterior;

    @BeforeAll
    static void train() {
        backend = Backends.open(Backends.AUTO, 2);
        file = folder.resolve("trained.safetensors");
        try (Training training = Training.start(backend, MODEL, OBSERVED, SMALL, 0, LAST)) {
            training.run(
                    LAST,
                    result -> {
                        if (result.step() <= 10) {
                            firstKindLoss += kindLoss(result) / 10;
                        } else if (result.step() > LAST - 10) {
                            lastKindLoss += kindLoss(result) / 10;
                        }
                        return true;
                    });
            training.save(file);
            posterior = training.posterior(WeightKind.EMA, SMALL.sampling());
        }
    }

    private static double kindLoss(StepResult result) {
        assertThat(result.arrayLoss(3)).as("of mood").isFinite();
        return result.arrayLoss(2);
    }

    @AfterAll
    static void close() {
        posterior.close();
        backend.close();
    }

    @Test
    void theLossOfCategoriesFalls() {
        assertThat(firstKindLoss).isPositive();
        assertThat(lastKindLoss).isLessThan(firstKindLoss / 2);
    }

    /** Points at which one kind is over 100,000 times as likely as the other. */
    @Test
    void aCategoryIsInferredFromWhatDependsOnIt() {
        Observations points = Observations.of(MODEL, "x", -3, 3, 3.5f, -2.5f);
        Samples samples = posterior.sample(points, 100, 1);
        assertThat(samples.array("kind")).containsOnly(0, 1).hasSize(400);
        int wrong = 0;
        for (int sample = 0; sample < 100; sample++) {
            float[] kinds = samples.sample(0, sample);
            for (int i = 0; i < Mixture.POINTS; i++) {
                wrong += kinds[MODEL.offset("kind") + i] == (i == 1 || i == 2 ? 1 : 0) ? 0 : 1;
            }
        }
        assertThat(wrong).isLessThan(40);
        assertThat(samples.array("mood")).hasSize(100).contains(0, 1, 2).doesNotContain(3);
    }

    @Test
    void observedCategoriesAreHeldAndTellOfTheRest() {
        Observations given =
                Observations.none(MODEL, 2)
                        .and("kind", 1, Float.NaN, 0, Float.NaN, 0, 0, 1, 1)
                        .and("mood", 2, Float.NaN);
        Samples samples = posterior.sample(given, 50, 1);
        double[] x = new double[2];
        for (int sample = 0; sample < 50; sample++) {
            float[] first = samples.sample(0, sample);
            float[] second = samples.sample(1, sample);
            int kind = MODEL.offset("kind");
            assertThat(first[kind]).isOne();
            assertThat(first[kind + 2]).isZero();
            assertThat(first[MODEL.offset("mood")]).isEqualTo(2);
            assertThat(second).containsSubsequence(0, 0, 1, 1);
            assertThat(second[kind]).isZero();
            assertThat(second[kind + 3]).isOne();
            x[0] += first[MODEL.offset("x")] / 50;
            x[1] += first[MODEL.offset("x") + 2] / 50;
        }
        assertThat(x[0]).isGreaterThan(1);
        assertThat(x[1]).isLessThan(-1);
    }

    @Test
    void whatIsWarnedOfSaysWhichCategoriesWereObserved() {
        try (Posterior fresh = Posterior.load(backend, MODEL, file)) {
            assertThat(fresh.warnings(Observations.of(MODEL, "mood", 2))).isEmpty();
            assertThat(fresh.covers(Observations.of(MODEL, "mood", 2), 0)).isTrue();
        }
        Conditioning x = Conditioning.fixed("x");
        try (Training training = Training.start(backend, MODEL, x, SMALL, 0, 10);
                Posterior untrained = training.posterior(WeightKind.RAW, SMALL.sampling())) {
            Observations kinds = Observations.of(MODEL, "kind", 0, 1, Float.NaN, 1).and("mood", 1);
            assertThat(untrained.warnings(kinds))
                    .containsExactly(
                            "training never observed just mood and parts of kind (it observed x):"
                                    + " samples may be far off");
            assertThat(untrained.covers(kinds, 0)).isFalse();
        }
    }

    @Test
    void aCheckpointOfDiscreteArraysGivesTheSamples() {
        Observations points = Observations.of(MODEL, "x", 1, 2, -3, 4);
        try (Posterior loaded = Posterior.load(backend, MODEL, file)) {
            assertThat(loaded.sample(points, 3, 5).values())
                    .containsExactly(posterior.sample(points, 3, 5).values());
        }
        try (Checkpoint checkpoint = Checkpoint.open(file);
                Training training = Training.resume(backend, MODEL, checkpoint)) {
            assertThat(training.steps()).isEqualTo(LAST);
            assertThat(training.step().loss()).isFinite();
        }
    }

    /** A model without a continuous array has no node of one value. */
    @ParameterizedTest
    @EnumSource
    void categoriesAloneAreTrainedAndSampled(EmbeddingKind embedding) {
        GraphicalModel chain =
                GraphicalModel.define(m -> {
                    Plate i = m.plate("i", 3);
                    m.discrete("copy", 3, m.categorical("of", 3, i).at(i), i);
                });
        RunSettings settings = SMALL.with(SMALL.model().withEmbedding(embedding));
        try (Training training =
                Training.start(backend, chain, Conditioning.fixed("copy"), settings, 0, 150)) {
            training.run(150);
            try (Posterior copies = training.posterior(WeightKind.EMA, settings.sampling())) {
                float[] found =
                        copies.sample(Observations.of(chain, "copy", 2, 0, 1), 20, 1).array("of");
                int wrong = 0;
                for (int i = 0; i < found.length; i++) {
                    wrong += found[i] == new float[] {2, 0, 1}[i % 3] ? 0 : 1;
                }
                assertThat(wrong).as("of %d", found.length).isLessThan(20);
            }
        }
    }
}
