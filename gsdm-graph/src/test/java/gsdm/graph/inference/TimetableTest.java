package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.graph.model.Conditioning;
import gsdm.nn.checkpoint.Falls;
import gsdm.nn.train.LearningRate.Decay;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.function.LongToDoubleFunction;

/** Runs of 1,000 seconds, on a clock that each step and each pause move on. */
class TimetableTest {
    private static final double TIME = 1000;
    private static final RunSettings TINY =
            RunSettings.DEFAULTS
                    .with(TestSettings.network(8, 1))
                    .with(TrainingSettings.DEFAULTS.withBatch(1).withDecayShare(0.25));

    private static Backend backend;
    private double now;

    @BeforeAll
    static void open() {
        backend = Backends.open("scalar", 1);
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    /** How a run ended: its steps, and its falls. */
    private record End(long steps, Falls falls) {}

    private End run(RunSettings settings, LongToDoubleFunction step) {
        return run(settings, step, _ -> 0, 0, 0);
    }

    private End run(
            RunSettings settings,
            LongToDoubleFunction step,
            LongToDoubleFunction pause,
            double closing,
            double spent) {
        now = 1e6;
        try (Training training =
                Training.start(
                        backend, Mixture.MODEL, Conditioning.fixed("x"), settings, 0, Falls.NONE)) {
            Timetable timetable =
                    new Timetable(
                            training,
                            Duration.ofMillis((long) (1000 * TIME)),
                            Duration.ofMillis((long) (1000 * spent)),
                            () -> (long) (now * 1e9));
            training.run(
                    Long.MAX_VALUE,
                    result -> {
                        double seconds = step.applyAsDouble(result.step());
                        now += seconds;
                        boolean goesOn = timetable.goesOn(seconds);
                        timetable.keepFree(closing);
                        now += pause.applyAsDouble(result.step());
                        return goesOn;
                    });
            now += spent - 1e6;
            return new End(training.steps(), training.falls());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.25, 0.5, 0.9, 1})
    void theRateFallsInItsShareOfTheSteps(double share) {
        RunSettings settings = TINY.with(TINY.training().withDecayShare(share));
        End end = run(settings, _ -> 1);
        assertThat(end.falls())
                .hasToString(share == 1 ? "1-1000" : Falls.atTheEnd(1000, share).toString());
        assertThat(end.steps()).isEqualTo(1000);
        assertThat(now).isEqualTo(TIME);
    }

    @Test
    void aRateThatStaysStaysToTheEnd() {
        RunSettings settings = TINY.with(TINY.training().withDecay(Decay.CONSTANT));
        End end = run(settings, _ -> 1);
        assertThat(end).isEqualTo(new End(1000, Falls.NONE));
    }

    /** What an end fixed beforehand would make of it: 400 seconds, or 2,000. */
    @ParameterizedTest
    @ValueSource(longs = {0, 200, 500, 700, 800, 900})
    void othersComeAndGo(long from) {
        End come = run(TINY, step -> step >= from ? 3 : 1);
        assertThat(now).isEqualTo(TIME, within(0.03 * TIME));
        assertThat(come.falls().end()).isEqualTo(come.steps());
        End go = run(TINY, step -> step >= from ? 0.5 : 1);
        assertThat(now).isEqualTo(TIME, within(0.03 * TIME));
        assertThat(go.steps()).isGreaterThan(come.steps());
    }

    @Test
    void stepsOfAnyLengthAddUp() {
        End end = run(TINY, step -> 0.5 + (step * 0.618 % 1) + (step % 50 == 0 ? 5 : 0));
        assertThat(now).isEqualTo(TIME, within(0.03 * TIME));
        assertThat(end.falls().list().getFirst().after() / (double) end.steps())
                .isEqualTo(0.75, within(0.05));
        assertThat(end.falls().list()).hasSizeLessThan(20);
    }

    @Test
    void scoresOnTheWayAndAtTheEndAreInTheTime() {
        run(TINY, _ -> 1, step -> step % 100 == 0 ? 20 : 0, 100, 0);
        assertThat(now).isEqualTo(TIME - 100, within(0.03 * TIME));
    }

    /** The closing takes twice as long while steps do. */
    @Test
    void theClosingIsAsSlowAsTheStepsAre() {
        now = 0;
        run(TINY, step -> step < 500 ? 1 : 2, _ -> 0, 100, 0);
        assertThat(now).isLessThan(TIME).isEqualTo(TIME - 100, within(0.03 * TIME));
    }

    @Test
    void aRunThatGoesOnHasWhatIsLeft() {
        run(TINY, _ -> 1, _ -> 0, 0, 600);
        assertThat(now).isEqualTo(TIME, within(0.03 * TIME));
    }

    @ParameterizedTest
    @ValueSource(doubles = {400, 1000, 5000})
    void aRunHasAStepWhateverItTakes(double seconds) {
        End end = run(TINY, _ -> seconds);
        assertThat(end.steps()).isBetween(1L, 3L);
    }
}
