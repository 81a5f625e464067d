package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.network.WeightKind;
import gsdm.nn.sample.SamplerConfig.Solver;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** The other system: one pass predicts means, and nothing is random but what it is trained on. */
class RegressorTest {
    private static final int LAST = 400;
    private static final GraphicalModel MODEL =
            GraphicalModel.define(m -> {
                Plate i = m.plate("i", 5);
                Array mean = m.normal("mean");
                m.let("x", mean.here().plus(m.normal("noise", i).at(i)), i);
            });
    private static final Conditioning OBSERVED = Conditioning.fixed("x");
    private static final RunSettings SETTINGS =
            RunSettings.DEFAULTS
                    .with(TestSettings.network(16, 2).withSystem(ModelSystem.REGRESSOR_GS))
                    .with(
                            TrainingSettings.DEFAULTS
                                    .withBatch(32)
                                    .withLearningRate(5e-3)
                                    .withWarmup(20)
                                    .withEmaDecay(0.95));

    @TempDir private static Path folder;
    private static Backend backend;
    private static Path file;

    @BeforeAll
    static void train() {
        backend = Backends.open(Backends.AUTO, 2);
        file = folder.resolve("regressor.safetensors");
        try (Training training = start()) {
            training.run(LAST);
            training.save(file);
        }
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static Training start() {
        return Training.start(backend, MODEL, OBSERVED, SETTINGS, 3, LAST);
    }

    /** Of five values around a standard normal mean: their sum over 6. */
    @Test
    void everySampleIsThePosteriorMean() {
        try (Posterior posterior = Posterior.load(backend, MODEL, file)) {
            Observations observed = Observations.of(MODEL, "x", 1.2f, 0.7f, 0.9f, 1.4f, 0.3f);
            float[] means = posterior.sample(observed, 3, 1).array("mean");
            assertThat(means[0]).isCloseTo(4.5f / 6, within(0.15f));
            float[] others = posterior.sample(observed, 1, 2).array("mean");
            for (float same : new float[] {means[1], means[2], others[0]}) {
                assertThat(same).isCloseTo(means[0], within(1e-5f));
            }
        }
    }

    @Test
    void stepsAndNoiseOfSamplingMeanNothing() {
        try (Checkpoint checkpoint = Checkpoint.open(file);
                Posterior asSaved = Posterior.load(backend, MODEL, file);
                Posterior other =
                        Posterior.load(
                                backend,
                                MODEL,
                                checkpoint,
                                WeightKind.EMA,
                                SamplingSettings.DEFAULTS
                                        .withEta(0)
                                        .withSolver(Solver.DDIM)
                                        .withSteps(9999)
                                        .withEta(1))) {
            Observations observed = Observations.of(MODEL, "x", 1, 2, 3, 4, 5);
            assertThat(other.sample(observed, 1, 1).values())
                    .containsExactly(asSaved.sample(observed, 1, 1).values());
        }
    }

    @Test
    void aRunThatIsResumedEndsAsIfItHadNotStopped() {
        Path stopped = folder.resolve("stopped.safetensors");
        try (Training training = start()) {
            training.run(7);
            training.save(stopped);
        }
        try (Checkpoint checkpoint = Checkpoint.open(stopped);
                Training training = Training.resume(backend, MODEL, checkpoint)) {
            assertThat(training.settings().model().system()).isEqualTo(ModelSystem.REGRESSOR_GS);
            training.run(3);
            training.save(stopped);
        }
        Path whole = folder.resolve("whole.safetensors");
        try (Training training = start()) {
            training.run(10);
            training.save(whole);
        }
        assertThat(stopped).hasSameBinaryContentAs(whole);
    }

    @Test
    void categoriesAreTakenFromWhatIsRegressed() {
        Conditioning x = Conditioning.fixed("x");
        try (Training training = Training.start(backend, Mixture.MODEL, x, SETTINGS, 0, 200)) {
            training.run(200);
            try (Posterior posterior = training.posterior(WeightKind.EMA, SETTINGS.sampling())) {
                Observations points = Observations.of(Mixture.MODEL, "x", -3, 3, 3.5f, -2.5f);
                assertThat(posterior.sample(points, 1, 1).array("kind"))
                        .containsExactly(0, 1, 1, 0);
            }
        }
    }
}
