package gsdm.cli.session;

import gsdm.graph.inference.Timetable;
import gsdm.graph.inference.Training;
import gsdm.nn.checkpoint.Falls;

import java.time.Duration;
import java.util.Optional;

/** When a run ends: after so many steps, or when its time is over. */
final class RunLength {
    private static final double SECOND = 1e9;
    private static final double MINUTE = 60 * SECOND;

    /**
     * When the closing is rehearsed, as shares of the time there is: once code is compiled and
     * steps are as fast as they get, and before the learning rate falls.
     */
    private static final double[] REHEARSALS = {0.2, 0.5};

    /** The share of the time that a rehearsal takes, if one round of problems leaves any. */
    private static final double REHEARSAL = 0.005;

    /** The share of the time that the closing takes at most: it is cut short then. */
    private static final double MOST_CLOSING = 0.2;

    /** What else is on its time: starting Java, and at the end figures and the page. */
    private static final double OUTSIDE_SECONDS = 1.5;

    private final Training training;
    private final CommandSettings command;
    private final long start;
    private final Optional<Timetable> timetable;
    private final double begun;
    private int rehearsals;
    private double rehearsalBegan;

    /**
     * Of a run that begins or goes on.
     *
     * @param spent seconds that it has taken before
     * @param started {@link System#nanoTime} when it went on
     */
    RunLength(Training training, CommandSettings command, double spent, long started) {
        this.training = training;
        this.command = command;
        this.start = started - (long) (spent * SECOND);
        this.begun = elapsed();
        this.timetable =
                command.timed()
                        ? Optional.of(
                                new Timetable(
                                        training,
                                        Duration.ofNanos((long) (command.minutes() * MINUTE)),
                                        Duration.ofNanos(System.nanoTime() - start)))
                        : Optional.empty();
    }

    /** Seconds that the run has taken. */
    double elapsed() {
        return (System.nanoTime() - start) / SECOND;
    }

    /** Whether a run that was saved has steps left. */
    boolean hasSteps() {
        Falls falls = training.falls();
        return timetable.isEmpty()
                ? training.steps() < command.steps()
                : !falls.begunBy(training.steps()) || training.steps() < falls.end();
    }

    /** Whether there is another step, to be asked after each, which took so many seconds. */
    boolean goesOn(double seconds) {
        return timetable.isEmpty() ? hasSteps() : timetable.get().goesOn(seconds);
    }

    /** How many steps it will have, as far as can be told. */
    long steps() {
        return timetable.isEmpty() ? command.steps() : timetable.get().expectedSteps();
    }

    /** Whether it is time to find out what the closing will take; says so once each time. */
    boolean isRehearsalDue() {
        if (timetable.isEmpty()
                || !timetable.get().knowsItsPace()
                || rehearsals == REHEARSALS.length) {
            return false;
        }
        double now = elapsed();
        boolean due = now - begun > REHEARSALS[rehearsals] * (time() - begun);
        if (due) {
            rehearsals++;
            rehearsalBegan = now;
        }
        return due;
    }

    /** Seconds for a rehearsal. */
    double rehearsal() {
        return REHEARSAL * (time() - begun);
    }

    /** Keeps time free for the closing, in seconds at the present speed, once it is rehearsed. */
    void keepFree(double closing) {
        double most = MOST_CLOSING * (time() - begun);
        timetable.ifPresent(table -> {
            table.passedOnce(elapsed() - rehearsalBegan);
            table.keepFree(Math.min(closing, most) + OUTSIDE_SECONDS);
        });
    }

    /**
     * Whether there is time for something in the closing; always, where it is steps that end the
     * run.
     *
     * @param seconds that it takes
     */
    boolean hasTimeFor(double seconds) {
        return timetable.isEmpty() || elapsed() + seconds < time() - OUTSIDE_SECONDS;
    }

    /** Seconds that the run has in all, if it is a time that ends it. */
    private double time() {
        return command.minutes() * MINUTE / SECOND;
    }
}
