package gsdm.cli.session;

import gsdm.graph.inference.TrainingSettings;
import gsdm.nn.checkpoint.Falls;
import gsdm.nn.train.LearningRate;

/**
 * How the command trains, beside what the libraries know: keys of the section training.
 *
 * @param seed of every random number of the run
 * @param steps to train for, unless {@code minutes} says it
 * @param minutes to train for, evaluations included; 0 for {@code steps}
 * @param falls of the learning rate, as a run that had a time says which it had; empty for the last
 *     {@code decay-share} of the steps
 * @param evaluate fresh problems that the run is scored on at its end; 0 for none
 * @param evaluateEvery steps between scores of the quality curve; 0 for none
 * @param logEvery steps between lines of the metrics, for which losses are fetched from the device
 */
public record CommandSettings(
        long seed,
        long steps,
        double minutes,
        String falls,
        int evaluate,
        int evaluateEvery,
        int logEvery) {

    /** 20,000 steps, then 256 fresh problems. */
    public static final CommandSettings DEFAULTS =
            new CommandSettings(0, 20_000, 0, "", 256, 2_000, 1);

    /** Checks the ranges, and that there is one way to tell when to stop. */
    public CommandSettings {
        if (steps < 0 || !(minutes >= 0 && minutes < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "steps and minutes must be 0 or more; found %d and %s"
                            .formatted(steps, minutes));
        }
        if (steps == 0 && minutes == 0) {
            throw new IllegalArgumentException("steps or minutes must be more than 0");
        }
        boolean known = !Falls.parse(falls).equals(Falls.NONE);
        if (minutes > 0 && known) {
            throw new IllegalArgumentException(
                    "falls are of a run of known steps: with minutes, leave them empty; found "
                            + falls);
        }
        if (evaluate < 0 || evaluateEvery < 0) {
            throw new IllegalArgumentException(
                    "evaluate and evaluate-every must be 0 (none) or more; found %d and %d"
                            .formatted(evaluate, evaluateEvery));
        }
        if (logEvery < 1) {
            throw new IllegalArgumentException("log-every must be 1 or more; found " + logEvery);
        }
    }

    /** Whether the run is scored. */
    public boolean evaluates() {
        return evaluate > 0;
    }

    /** Whether it is a time that ends the run, which decides itself when the rate falls. */
    boolean timed() {
        return minutes > 0;
    }

    /**
     * When the learning rate falls, as far as that is known beforehand: in its share of the steps,
     * if nothing else is said.
     */
    Falls plannedFalls(TrainingSettings training) {
        if (timed() || training.decay() == LearningRate.Decay.CONSTANT) {
            return Falls.NONE;
        }
        return falls.isBlank() ? Falls.atTheEnd(steps, training.decayShare()) : Falls.parse(falls);
    }
}
