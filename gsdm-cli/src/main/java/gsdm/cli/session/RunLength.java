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

    /** The share of the time after which it is known how fast the machine is. */
    private static final double SETTLED = 0.05;

    private final Training training;
    private final CommandSettings command;
    private final long start;
    private final Optional<Timetable> timetable;

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

    /** Whether it is time to find out what the closing will take. */
    boolean isSettled() {
        return timetable.isPresent() && elapsed() > SETTLED * command.minutes() * MINUTE / SECOND;
    }

    /** Keeps time free for what follows the last step, in seconds at the present speed. */
    void keepFree(double closing) {
        timetable.ifPresent(table -> table.keepFree(closing));
    }
}
