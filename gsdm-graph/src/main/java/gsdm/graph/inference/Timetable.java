package gsdm.graph.inference;

import gsdm.nn.checkpoint.Falls;
import gsdm.nn.train.LearningRate;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Ends a run when its time does. How many steps that will be is not known beforehand: others may
 * use the machine for a while. So the learning rate stays until what is left of the time is the
 * share of the run in which it falls, and while it falls its end is revised where the steps take
 * longer, or shorter, than they did. What was decided is in {@link Training#falls}: a run that is
 * given it repeats this one bit for bit.
 */
public final class Timetable {
    private static final double SECOND = 1e9;

    /** The share of the time that says how long a step takes now. */
    private static final double RECENT = 0.03;

    /** An end is revised where it would miss the time by this share of it, */
    private static final double TOLERANCE = 0.005;

    /** and by this share of what is left, which changes again. */
    private static final double TOLERANCE_OF_LEFT = 0.1;

    private final Plan training;
    private final TrainingSettings settings;
    private final LongSupplier nanoTime;
    private final long start;
    private final double seconds;
    private double once; // seconds spent on what does not recur
    private double recentSeconds;
    private double recentSteps;
    private double stepSeconds; // of the steps after the first
    private long steps;
    private double closingSteps;
    private double left;
    private double lastRevised;

    /** What a timetable asks of a training, and tells it. */
    interface Plan {
        /** Steps done. */
        long steps();

        /** When the learning rate falls. */
        Falls falls();

        /** Lets it fall otherwise. */
        void follow(Falls falls);
    }

    /**
     * Of a run that begins, or goes on, now.
     *
     * @param time in all
     * @param spent of it, before now
     */
    public Timetable(Training training, Duration time, Duration spent) {
        this(training, training.settings().training(), time, spent, System::nanoTime);
    }

    Timetable(
            Plan training,
            TrainingSettings settings,
            Duration time,
            Duration spent,
            LongSupplier nanoTime) {
        if (!time.isPositive()) {
            throw new IllegalArgumentException("the time to train for is positive; found " + time);
        }
        this.training = training;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong() - spent.toNanos();
        this.seconds = time.toNanos() / SECOND;
        this.lastRevised = Double.NEGATIVE_INFINITY;
    }

    /** Seconds of the time that are spent. */
    public double spent() {
        return (nanoTime.getAsLong() - start) / SECOND;
    }

    /** How many steps the run will have, as far as can be told. */
    public long expectedSteps() {
        Falls falls = training.falls();
        long done = training.steps();
        return falls.begunBy(done + 1) ? falls.end() : done + Math.max(1, Math.round(left));
    }

    /** Whether it knows how long a step takes: not from the first, in which a device compiles. */
    public boolean knowsItsPace() {
        return steps > 0;
    }

    /**
     * Keeps time free for what follows the last step.
     *
     * @param closing its seconds at the present speed of the machine, as the next step is
     */
    public void keepFree(double closing) {
        closingSteps = knowsItsPace() ? closing * recentSteps / recentSeconds : 0;
    }

    /**
     * Leaves seconds that passed after the first step, between two questions, out of what recurs.
     */
    public void passedOnce(double seconds) {
        once += seconds;
    }

    /**
     * To be asked after each step: whether there is time for another. Lets the learning rate fall
     * when it is time to.
     *
     * @param step the seconds that the step took; what else passes between two questions is taken
     *     to recur
     */
    public boolean goesOn(double step) {
        double spent = spent();
        boolean first = recentSteps == 0;
        if (first) {
            recentSeconds = step;
            recentSteps = 1;
            once = spent;
        } else {
            double kept = knowsItsPace() ? Math.exp(-step / (RECENT * seconds)) : 0;
            recentSeconds = kept * recentSeconds + step;
            recentSteps = kept * recentSteps + 1;
            stepSeconds += step;
            steps++;
        }
        double pace = recentSeconds / recentSteps;
        double other = first ? 0 : Math.max(0, spent - once - stepSeconds) / steps;
        left = (seconds - spent - closingSteps * pace) / (pace + other);
        if (!first || left <= 0) {
            plan(spent, pace + other);
        }
        long done = training.steps();
        Falls falls = training.falls();
        return falls.begunBy(done + 1) ? done < falls.end() : left >= (first ? 0 : 0.5);
    }

    private void plan(double spent, double perStep) {
        if (settings.decay() == LearningRate.Decay.CONSTANT) {
            return;
        }
        long done = training.steps();
        long end = done + Math.max(1, Math.round(left));
        Falls falls = training.falls();
        if (!falls.begunBy(done + 1)) {
            double share = settings.decayShare();
            if (left * (1 - share) <= share * done) {
                training.follow(falls.endingAt(done, end));
                lastRevised = spent;
            }
            return;
        }
        if (left < 0.5 && falls.end() <= done + 1) {
            return; // the time is over, and so is the run
        }
        double missed = Math.abs(end - falls.end()) * perStep;
        double tolerated = Math.max(TOLERANCE * seconds, TOLERANCE_OF_LEFT * (seconds - spent));
        long fallen = done - falls.list().getLast().after();
        boolean due = spent - lastRevised > TOLERANCE * seconds || falls.end() - done <= fallen;
        if (missed > tolerated && due) {
            training.follow(falls.endingAt(done, end));
            lastRevised = spent;
        }
    }
}
