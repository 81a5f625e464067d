package gsdm.cli.session;

/**
 * How the command trains, beside what the libraries know: keys of the section training.
 *
 * @param seed of every random number of the run
 * @param steps to train for, unless {@code minutes} says it
 * @param minutes to train for: turned into steps at the start, by the measured speed; 0 for {@code
 *     steps}
 * @param evaluate fresh problems that the run is scored on at its end; 0 for none
 * @param evaluateEvery steps between scores of the quality curve; 0 for none
 */
public record CommandSettings(
        long seed, long steps, double minutes, int evaluate, int evaluateEvery) {

    /** 20,000 steps, then 256 fresh problems. */
    public static final CommandSettings DEFAULTS = new CommandSettings(0, 20_000, 0, 256, 2_000);

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
        if (evaluate < 0 || evaluateEvery < 0) {
            throw new IllegalArgumentException(
                    "evaluate and evaluate-every must be 0 (none) or more; found %d and %d"
                            .formatted(evaluate, evaluateEvery));
        }
    }
}
