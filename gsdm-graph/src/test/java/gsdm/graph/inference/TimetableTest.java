package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.checkpoint.Falls;
import gsdm.nn.train.LearningRate;
import gsdm.nn.train.LearningRate.Decay;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.function.LongToDoubleFunction;

/** Runs of 1,000 seconds, on a clock that each step and each pause move on. */
class TimetableTest {
    private static final double TIME = 1000;
    private static final TrainingSettings QUARTER = TrainingSettings.DEFAULTS.withDecayShare(0.25);

    private double now;
    private double rehearsal;

    /** A training that takes no time of its own. */
    private static final class Steps implements Timetable.Plan {
        private long steps;
        private Falls falls = Falls.NONE;

        @Override
        public long steps() {
            return steps;
        }

        @Override
        public Falls falls() {
            return falls;
        }

        @Override
        public void follow(Falls other) {
            assertThat(other.before(steps)).isEqualTo(falls.before(steps));
            falls = other;
        }
    }

    /** How a run ended: its steps, and its falls. */
    private record End(long steps, Falls falls) {}

    private End run(TrainingSettings settings, LongToDoubleFunction step) {
        return run(settings, step, _ -> 0, 0, 0);
    }

    private End run(
            TrainingSettings settings,
            LongToDoubleFunction step,
            LongToDoubleFunction pause,
            double closing,
            double spent) {
        double start = 1e6;
        now = start;
        Steps training = new Steps();
        Timetable timetable =
                new Timetable(
                        training,
                        settings,
                        Duration.ofMillis((long) (1000 * TIME)),
                        Duration.ofMillis((long) (1000 * spent)),
                        () -> (long) (now * 1e9));
        boolean goesOn = true;
        while (goesOn) {
            training.steps++;
            double seconds = step.applyAsDouble(training.steps);
            now += seconds;
            goesOn = timetable.goesOn(seconds);
            if (training.steps == 2) {
                now += rehearsal;
                timetable.passedOnce(rehearsal);
            }
            timetable.keepFree(closing);
            now += pause.applyAsDouble(training.steps);
        }
        now += spent - start;
        return new End(training.steps, training.falls);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.25, 0.5, 0.9, 1})
    void theRateFallsInItsShareOfTheSteps(double share) {
        TrainingSettings settings = QUARTER.withDecayShare(share);
        End end = run(settings, _ -> 1);
        assertThat(end.falls())
                .hasToString(share == 1 ? "2-1000" : Falls.atTheEnd(1000, share).toString());
        assertThat(end.steps()).isEqualTo(1000);
        assertThat(now).isEqualTo(TIME);
    }

    @Test
    void aRateThatStaysStaysToTheEnd() {
        TrainingSettings settings = QUARTER.withDecay(Decay.CONSTANT);
        End end = run(settings, _ -> 1);
        assertThat(end).isEqualTo(new End(1000, Falls.NONE));
    }

    /** What an end fixed beforehand would make of it: 400 seconds, or 2,000. */
    @ParameterizedTest
    @ValueSource(longs = {0, 200, 500, 700, 800, 900})
    void othersComeAndGo(long from) {
        End come = run(QUARTER, step -> step >= from ? 3 : 1);
        assertThat(now).isEqualTo(TIME, within(0.03 * TIME));
        assertThat(come.falls().end()).isEqualTo(come.steps());
        End go = run(QUARTER, step -> step >= from ? 0.5 : 1);
        assertThat(now).isEqualTo(TIME, within(0.03 * TIME));
        assertThat(go.steps()).isGreaterThan(come.steps());
    }

    @Test
    void stepsOfAnyLengthAddUp() {
        End end = run(QUARTER, step -> 0.5 + (step * 0.618 % 1) + (step % 50 == 0 ? 5 : 0));
        assertThat(now).isEqualTo(TIME, within(0.03 * TIME));
        assertThat(end.falls().list().getFirst().after() / (double) end.steps())
                .isEqualTo(0.75, within(0.05));
        assertThat(end.falls().list()).hasSizeLessThan(20);
    }

    @Test
    void scoresOnTheWayAndAtTheEndAreInTheTime() {
        run(QUARTER, _ -> 1, step -> step % 100 == 0 ? 20 : 0, 100, 0);
        assertThat(now).isEqualTo(TIME - 100, within(0.03 * TIME));
    }

    /** The closing takes twice as long while steps do. */
    @Test
    void theClosingIsAsSlowAsTheStepsAre() {
        run(QUARTER, step -> step < 500 ? 1 : 2, _ -> 0, 100, 0);
        assertThat(now).isLessThan(TIME).isEqualTo(TIME - 100, within(0.03 * TIME));
    }

    /** As on a device, where the first step compiles kernels, and the first score others. */
    @ParameterizedTest
    @ValueSource(doubles = {0.25, 0.6, 0.9, 1})
    void whatIsSlowOnceIsNoMeasure(double share) {
        rehearsal = 200;
        End end = run(QUARTER.withDecayShare(share), step -> step == 1 ? 300 : 1, _ -> 0, 50, 0);
        assertThat(now).isEqualTo(TIME - 50, within(0.03 * TIME));
        assertThat(end.steps()).isBetween(446L, 456L);
        assertThat(end.falls().list().getFirst().after() / (double) end.steps())
                .isEqualTo(1 - share, within(0.02));
    }

    @Test
    void aFirstStepMayTakeMostOfTheTime() {
        End end = run(QUARTER, step -> step == 1 ? 0.8 * TIME : 1);
        assertThat(end.steps()).isEqualTo(201);
        assertThat(end.falls().end()).isEqualTo(201);
    }

    /** Their end is far too near: it is revised before the rate is at its floor. */
    @Test
    void aFewSlowStepsAtTheStartEndNeitherTheRunNorItsRate() {
        End end = run(QUARTER.withDecayShare(0.9), step -> step <= 4 ? 30 : 0.1);
        assertThat(now).isEqualTo(TIME, within(0.03 * TIME));
        assertThat(end.steps()).isGreaterThan(4000);
        LearningRate rate = new LearningRate(1, 0, Decay.LINEAR, 0, end.falls());
        assertThat(rate.at(end.steps() / 2)).isGreaterThan(0.1);
        assertThat(rate.at(end.steps())).isLessThan(1e-3);
    }

    @Test
    void aRunThatGoesOnHasWhatIsLeft() {
        run(QUARTER, _ -> 1, _ -> 0, 0, 600);
        assertThat(now).isEqualTo(TIME, within(0.03 * TIME));
    }

    @ParameterizedTest
    @ValueSource(doubles = {400, 1000, 5000})
    void aRunHasAStepWhateverItTakes(double seconds) {
        End end = run(QUARTER, _ -> seconds);
        assertThat(end.steps()).isBetween(1L, 3L);
        assertThat(end.falls().end()).isEqualTo(end.steps());
    }
}
