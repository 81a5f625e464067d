package gsdm.nn.sample;

import gsdm.nn.diffusion.NoiseSchedule;

import java.util.Objects;

/**
 * How samples are drawn.
 *
 * @param solver how a step is made of predictions
 * @param steps S, network evaluations a sample, at most the T of the schedule
 * @param eta noise added at each step of {@link Solver#DDIM}: 0 for none (Song et al. 2021), 1 for
 *     DDPM (Ho et al. 2020) on the chosen steps; of {@link Solver#UNI_PC}, over that of the process
 *     which noised values, 0 to 4
 * @param spacing which S of the T steps
 * @param clip bounds the predicted clean values of continuous nodes to ±clip in scaled units;
 *     infinity for none
 * @param discrete what a discrete node's sample is
 */
public record SamplerConfig(
        Solver solver, int steps, double eta, Spacing spacing, double clip, Discrete discrete) {
    private static final int MOST_ETA = 4;

    /** How a step back in time is made of predictions. */
    public enum Solver {
        /** Of the last prediction (Song et al. 2021). */
        DDIM,
        /** Of the last two: DPM-Solver++(2M) (Lu et al. 2022), without noise. */
        DPM_SOLVER,
        /**
         * Of the last three: predicts, and corrects the step before; with noise once the signal is
         * at least twice the noise, see {@link gsdm.nn.diffusion.PredictorCorrector}.
         */
        UNI_PC;

        private String etas() {
            return switch (this) {
                case DDIM -> "0 to 1";
                case DPM_SOLVER -> "0";
                case UNI_PC -> "0 to " + MOST_ETA;
            };
        }

        /** How many earlier predictions a step is made of. */
        int remembered() {
            return switch (this) {
                case DDIM -> 0;
                case DPM_SOLVER -> 1;
                case UNI_PC -> 2;
            };
        }
    }

    /** Which S of the T steps of the schedule are taken. */
    public enum Spacing {
        /**
         * Ends at the last: ⌊(i + 1)·T/S⌋ − 1. Starts sampling where the schedule has least signal.
         */
        TRAILING,
        /** Begins at the first: i·⌊T/S⌋, as the reference does. */
        LEADING,
        /**
         * From the last to the first, even in asinh(signal/level): by equal factors where there is
         * little noise, which decides how wide tight posteriors are, by equal differences where
         * there is much.
         */
        ASINH
    }

    /** What a discrete node's sample is. */
    public enum Discrete {
        /** One-hot, at the most probable option. */
        ARGMAX,
        /** The probabilities that the last step predicted. */
        PROBABILITIES
    }

    public SamplerConfig {
        Objects.requireNonNull(solver, "solver");
        Objects.requireNonNull(spacing, "spacing");
        Objects.requireNonNull(discrete);
        if (steps < 1) {
            throw new IllegalArgumentException("sampling takes 1 or more steps; found " + steps);
        }
        boolean permitted =
                switch (solver) {
                    case DDIM -> eta >= 0 && eta <= 1;
                    case DPM_SOLVER -> eta == 0;
                    case UNI_PC -> eta >= 0 && eta <= MOST_ETA;
                };
        if (!permitted) {
            throw new IllegalArgumentException(
                    "eta, the noise added, must be %s with the solver %s; found %s"
                            .formatted(solver.etas(), solver, eta));
        }
        if (!(clip > 0)) {
            throw new IllegalArgumentException("the clip must be positive; found " + clip);
        }
    }

    /** Deterministic DDIM in that many steps. */
    public static SamplerConfig ddim(int steps) {
        return new SamplerConfig(
                Solver.DDIM, steps, 0, Spacing.TRAILING, Double.POSITIVE_INFINITY, Discrete.ARGMAX);
    }

    /** DDPM on that many steps. */
    public static SamplerConfig ddpm(int steps) {
        return new SamplerConfig(
                Solver.DDIM, steps, 1, Spacing.TRAILING, Double.POSITIVE_INFINITY, Discrete.ARGMAX);
    }

    /**
     * The steps taken, last first.
     *
     * @throws IllegalArgumentException if there are fewer than S
     */
    public int[] timeSteps(NoiseSchedule schedule) {
        int total = schedule.steps();
        if (steps > total) {
            throw new IllegalArgumentException(
                    "the schedule has %d steps; %d sampling steps are too many"
                            .formatted(total, steps));
        }
        int[] times = new int[steps];
        int before = -1;
        for (int i = 0; i < steps; i++) {
            int t =
                    switch (spacing) {
                        case TRAILING -> (int) ((i + 1L) * total / steps) - 1;
                        case LEADING -> i * (total / steps);
                        case ASINH -> Math.min(nearest(schedule, i, before + 1), total - steps + i);
                    };
            before = t;
            times[steps - 1 - i] = t;
        }
        return times;
    }

    /**
     * The step nearest to a share of the way in asinh(signal/level), of some step and later ones.
     */
    private int nearest(NoiseSchedule schedule, int i, int from) {
        int last = schedule.steps() - 1;
        if (steps == 1) {
            return last;
        }
        double first = schedule.asinhRatio(0);
        double share = i / (steps - 1.0);
        double wanted = first + share * (schedule.asinhRatio(last) - first);
        int t = from;
        while (t < last
                && Math.abs(schedule.asinhRatio(t + 1) - wanted)
                        <= Math.abs(schedule.asinhRatio(t) - wanted)) {
            t++;
        }
        return t;
    }
}
