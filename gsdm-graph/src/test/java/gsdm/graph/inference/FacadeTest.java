package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.Falls;
import gsdm.nn.network.WeightKind;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the facade refuses, warns of, tells and can be stopped at. */
class FacadeTest {
    private static final RunSettings TINY =
            RunSettings.DEFAULTS
                    .with(TestSettings.network(8, 1))
                    .with(TrainingSettings.DEFAULTS.withBatch(4))
                    .with(SamplingSettings.DEFAULTS.withSteps(5));

    private static final GraphicalModel MODEL =
            GraphicalModel.define(m -> {
                Plate i = m.plate("i", 5);
                Array mean = m.normal("mean");
                Array noise = m.normal("noise", i);
                m.let("x", mean.here().plus(noise.at(i)), i);
            });

    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = Backends.open(Backends.AUTO, 1);
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static Training start(long steps) {
        return Training.start(backend, MODEL, Conditioning.fixed("x"), TINY, 3, steps);
    }

    @Test
    void trainingThatLeavesNothingToInferIsRefused() {
        for (String all : List.of("mean, noise, x", "*", "*:1.0", "* | mean, noise, x")) {
            Conditioning everything = Conditioning.parse(all);
            assertThatThrownBy(() -> Training.start(backend, MODEL, everything, TINY, 0, 10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("leaves nothing to infer: leave out an array");
        }
    }

    @Test
    void countsBelowOneAreRefused() {
        for (long none : new long[] {0, -1}) {
            assertThatThrownBy(() -> start(none))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a run is of 1 step or more; found " + none);
            assertThatThrownBy(() -> Observations.none(MODEL, (int) none))
                    .hasMessageContaining("a case or more; found " + none);
        }
        try (Training training = start(10);
                Posterior posterior =
                        training.posterior(WeightKind.RAW, SamplingSettings.DEFAULTS)) {
            Observations observed = Observations.of(MODEL, "x", 1, 2, 3, 4, 5);
            for (int none : new int[] {0, -1}) {
                assertThatThrownBy(() -> posterior.sample(observed, none, 1))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("samples of each case must be 1 or more; found " + none);
            }
            assertThatThrownBy(() -> posterior.sample(observed, Integer.MAX_VALUE, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2147483647 samples of 11 nodes are too many");
            assertThatThrownBy(() -> training.run(-1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("steps must be 0 or more; found -1");
            training.run(0);
            assertThat(training.steps()).isZero();
        }
    }

    @Test
    void whatIsMissingIsNamedBeforeAnythingIsDone() {
        Conditioning x = Conditioning.fixed("x");
        refusedAsMissing("backend", () -> Training.start(null, MODEL, x, TINY, 0, 10));
        refusedAsMissing("model", () -> Training.start(backend, null, x, TINY, 0, 10));
        refusedAsMissing("conditioning", () -> Training.start(backend, MODEL, null, TINY, 0, 10));
        refusedAsMissing("settings", () -> Training.start(backend, MODEL, x, null, 0, 10));
        refusedAsMissing("array", () -> Conditioning.fixed((String) null));
        refusedAsMissing("training", () -> TINY.with((TrainingSettings) null));
        try (Training training = start(10)) {
            refusedAsMissing("goesOn", () -> training.run(1, null));
            assertThat(training.steps()).isZero();
            refusedAsMissing("sampling", () -> training.posterior(WeightKind.RAW, null));
            try (Posterior posterior = training.posterior(WeightKind.RAW, TINY.sampling())) {
                Observations nothing = Observations.none(MODEL, 1);
                refusedAsMissing("observations", () -> posterior.sample(null, 1, 1));
                refusedAsMissing("progress", () -> posterior.sample(nothing, 1, 1, null));
            }
        }
        Path file = Path.of("posterior.safetensors");
        refusedAsMissing("backend", () -> Posterior.load(null, MODEL, file));
        refusedAsMissing("model", () -> Posterior.load(backend, null, file));
        refusedAsMissing("checkpoint", () -> Posterior.load(backend, MODEL, null));
        refusedAsMissing("model", () -> Observations.none(null, 1));
        refusedAsMissing("observed", () -> Observations.of(MODEL, "x", (float[]) null));
    }

    @Test
    void moreSamplingStepsThanNoiseLevelsAreRefusedBeforeTraining() {
        SamplingSettings many = SamplingSettings.DEFAULTS.withSteps(1001);
        String words = "the schedule has 1000 steps; 1001 sampling steps are too many";
        Conditioning x = Conditioning.fixed("x");
        assertThatThrownBy(() -> Training.start(backend, MODEL, x, TINY.with(many), 0, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(words);
        try (Training training = start(10)) {
            assertThatThrownBy(() -> training.posterior(WeightKind.RAW, many))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(words);
        }
    }

    @Test
    void aSampleThatWasNotDrawnIsRefused() {
        float[] values = new float[2 * 3 * MODEL.nodeCount()];
        values[5 * MODEL.nodeCount()] = 7;
        Samples samples = new Samples(MODEL, 2, 3, values);
        assertThat(samples.sample(1, 2)).hasSize(11).startsWith(7);
        int[][] none = {{0, 3}, {1, -1}, {-1, 0}, {2, 0}};
        for (int[] each : none) {
            assertThatThrownBy(() -> samples.sample(each[0], each[1]))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessage(
                            "there are samples 0 to 2 of cases 0 to 1; found sample %d of case %d"
                                    .formatted(each[1], each[0]));
        }
    }

    private static void refusedAsMissing(String name, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(name);
    }

    @Test
    void whatTrainingNeverObservedIsWarnedOfOnce() {
        List<String> logged = new ArrayList<>();
        Handler handler =
                new Handler() {
                    @Override
                    public void publish(LogRecord entry) {
                        assertThat(entry.getLevel()).isEqualTo(Level.WARNING);
                        logged.add(entry.getMessage());
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        Logger logger = Logger.getLogger(Posterior.class.getName());
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try (Training training = start(10);
                Posterior posterior = training.posterior(WeightKind.RAW, TINY.sampling())) {
            posterior.sample(Observations.of(MODEL, "x", 1, 2, 3, 4, 5), 1, 1);
            assertThat(logged).isEmpty();
            Observations unseen =
                    Observations.none(MODEL, 3)
                            .and("mean", 1, Float.NaN, 2)
                            .and("x", observedInTheMiddle());
            posterior.sample(unseen, 1, 1);
            posterior.sample(unseen, 1, 2);
            assertThat(logged)
                    .containsExactly(
                            "training never observed just mean (it observed x): samples may be far"
                                    + " off",
                            "training never observed just parts of x (it observed x): samples may"
                                    + " be far off");
            posterior.sample(
                    Observations.of(MODEL, "x", 1, 2, 3, 4, 5)
                            .and("noise", 0, 0, 0, 0, 0)
                            .and("mean", 0),
                    1,
                    1);
            assertThat(logged).hasSize(2);
            Observations none = Observations.none(MODEL, 2);
            assertThat(posterior.warnings(none))
                    .containsExactly(
                            "training never observed nothing at all (it observed x): samples may"
                                    + " be far off");
            posterior.sample(none, 1, 1);
            assertThat(logged).hasSize(2);
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
    }

    @Test
    void moreStepsOfSamplingThanOfTheScheduleAreRefusedAtOnce() {
        try (Training training = start(10)) {
            int steps = TINY.diffusion().steps() + 1;
            assertThatThrownBy(() ->
                            training.posterior(WeightKind.RAW, TINY.sampling().withSteps(steps)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(steps + " sampling steps are too many");
        }
    }

    @Test
    void whatIsFarFromTheModelIsWarnedOfOnce() {
        try (Training training = start(10);
                Posterior posterior = training.posterior(WeightKind.RAW, TINY.sampling())) {
            Observations far = Observations.of(MODEL, "x", 1, 200, Float.NaN, -3e3f, 0);
            List<String> warnings = posterior.warnings(far);
            assertThat(warnings)
                    .filteredOn(warning -> warning.contains("standard deviations"))
                    .singleElement()
                    .asString()
                    .matches(
                            "observed values of x are far from what the model gives: 2 beyond 8 of"
                                    + " its standard deviations, the farthest at 2\\.\\d+e\\+03:"
                                    + " samples may be far off");
            assertThat(posterior.warnings(far)).isEmpty();
            assertThat(posterior.warnings(Observations.of(MODEL, "x", 1, 2, 3, 4, 8))).isEmpty();
        }
    }

    /** Of three cases, the second has one x. */
    private static float[] observedInTheMiddle() {
        float[] x = new float[15];
        java.util.Arrays.fill(x, Float.NaN);
        x[7] = 1;
        return x;
    }

    @Test
    void aListenerSeesEveryStepAndMayEndTheRun(@TempDir Path folder) {
        Path stopped = folder.resolve("stopped.safetensors");
        Path whole = folder.resolve("whole.safetensors");
        List<Long> seen = new ArrayList<>();
        try (Training training = start(6)) {
            training.run(
                    6,
                    result -> {
                        seen.add(result.step());
                        return result.step() < 4;
                    });
            assertThat(training.steps()).isEqualTo(4);
            training.save(stopped);
        }
        assertThat(seen).containsExactly(1L, 2L, 3L, 4L);
        try (Checkpoint checkpoint = Checkpoint.open(stopped);
                Training training = Training.resume(backend, MODEL, checkpoint)) {
            training.run(6 - training.steps(), _ -> true);
            training.save(stopped);
        }
        try (Training training = start(6)) {
            training.run(6);
            training.save(whole);
        }
        assertThat(stopped).hasSameBinaryContentAs(whole);
    }

    @Test
    void anInterruptedRunStopsBetweenStepsAndCanBeSaved(@TempDir Path folder) {
        Path file = folder.resolve("interrupted.safetensors");
        try (Training training = start(10)) {
            assertThatThrownBy(() ->
                            training.run(
                                    10,
                                    result -> {
                                        if (result.step() == 3) {
                                            Thread.currentThread().interrupt();
                                        }
                                        return true;
                                    }))
                    .isInstanceOf(CancellationException.class)
                    .hasMessageContaining("interrupted after step 3");
            training.save(file);
            assertThat(training.steps()).isEqualTo(3);
            training.run(1);
        }
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.header().step()).isEqualTo(3);
        }
    }

    @Test
    void anInterruptedPosteriorStopsAndAnswersTheNextQuery() {
        try (Training training = start(10);
                Posterior posterior = training.posterior(WeightKind.RAW, TINY.sampling())) {
            Observations observed = Observations.of(MODEL, "x", 1, 2, 3, 4, 5);
            float[] expected = posterior.sample(observed, 1030, 1).values();
            List<Integer> done = new ArrayList<>();
            assertThatThrownBy(() ->
                            posterior.sample(
                                    observed,
                                    1030,
                                    1,
                                    count -> {
                                        done.add(count);
                                        Thread.currentThread().interrupt();
                                    }))
                    .isInstanceOf(CancellationException.class);
            assertThat(done).containsExactly(1024);
            assertThat(posterior.sample(observed, 1030, 1).values()).containsExactly(expected);
        }
    }

    @Test
    void aRunOfATimeIsRepeatedByItsFalls(@TempDir Path folder) throws IOException {
        Conditioning observed = Conditioning.fixed("x");
        try (Training timed = Training.start(backend, MODEL, observed, TINY, 3, Falls.NONE)) {
            timed.run(Duration.ofMillis(500));
            assertThat(timed.falls().end()).isEqualTo(timed.steps());
            try (Training again =
                    Training.start(backend, MODEL, observed, TINY, 3, timed.falls())) {
                again.run(timed.steps());
                Path first = folder.resolve("first.safetensors");
                Path second = folder.resolve("second.safetensors");
                timed.save(first);
                again.save(second);
                assertThat(second).hasSameBinaryContentAs(first);
            }
            assertThatThrownBy(() -> timed.run(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("positive; found PT0S");
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> timed.run(Duration.ofHours(1)))
                    .isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void whatIsPrintedIsShortAndSaysWhatItIs() {
        assertThat(MODEL)
                .hasToString("GraphicalModel[nodes=11, arrays: mean[] noise[i] x[i], plates: i=5]");
        assertThat(MODEL.layout()).hasToString("ModelLayout[nodes=11, arrays=3, groups=3]");
        Observations observed = Observations.of(MODEL, "x", 1, Float.NaN, 3, 4, 5);
        assertThat(observed)
                .hasToString("Observations[count=1, first: x=[1.0, ?, 3.0, 4.0, ... of 5]]");
        assertThat(Observations.none(MODEL, 2))
                .hasToString("Observations[count=2, first: nothing]");
        try (Training training = start(10)) {
            assertThat(training.step().toString()).startsWith("StepResult[step=1, loss=");
            assertThat(training).hasToString("Training[step 1 of 10, observed: x, " + MODEL + "]");
            assertThat(training.layout())
                    .hasToString("VariableLayout[arrays=3, nodes=11, values=11, embedding=EE]");
            try (Posterior posterior = training.posterior(WeightKind.RAW, TINY.sampling())) {
                assertThat(posterior).hasToString("Posterior[step 1, observed: x, " + MODEL + "]");
                assertThat(posterior.sample(observed, 1000, 1).toString())
                        .startsWith("Samples[cases=1, perCase=1000, first: mean=[")
                        .hasSizeLessThan(200);
            }
        }
    }

    @Test
    void manyArraysArePrintedInPart() {
        GraphicalModel many =
                GraphicalModel.define(m -> {
                    for (int i = 0; i < 100; i++) {
                        m.let("x" + i, m.normal("a" + i).here());
                    }
                });
        assertThat(many)
                .hasToString(
                        "GraphicalModel[nodes=200, arrays: a0[] x0[] a1[] x1[] a2[] x2[] a3[] x3[]"
                                + " and 192 more, plates: ]");
        assertThat(new Samples(many, 1, 1, new float[200]).toString()).hasSizeLessThan(200);
    }
}
