package gsdm.nn.diffusion;

/**
 * One step back in time, from x_t to x_s, s before t: x_s = clean·x̂_0 + noised·x_t +
 * previous·x̂_0' + earlier·x̂_0'' + deviation·z, z standard normal, x̂_0' and x̂_0'' what was
 * predicted one and two steps before.
 *
 * @param clean factor of the predicted clean value
 * @param noised factor of the present value
 * @param previous factor of the clean value predicted at the step before
 * @param earlier factor of the clean value predicted at the step before that
 * @param deviation standard deviation of the noise added
 */
public record ReverseStep(
        double clean, double noised, double previous, double earlier, double deviation) {
    /**
     * DDIM's step from t to s (Song et al. 2021, equation 12, with the noise written through x_t
     * and x̂_0); s is −1 for the last step, which gives the clean value itself. At eta 1 this is
     * q(x_s | x_t, x̂_0) of Ho et al. 2020, equation 7.
     *
     * @param eta share of the posterior's deviation that is added as noise
     */
    public static ReverseStep of(NoiseSchedule schedule, int t, int s, double eta) {
        double now = schedule.alphaBar(t);
        double then = schedule.alphaBar(s);
        double deviation = eta * Math.sqrt((1 - then) / (1 - now) * (1 - now / then));
        double direction = Math.sqrt(Math.max(0, 1 - then - deviation * deviation));
        double noised = direction / Math.sqrt(1 - now);
        return new ReverseStep(Math.sqrt(then) - noised * Math.sqrt(now), noised, 0, 0, deviation);
    }

    /**
     * DPM-Solver++(2M)'s step from t to s (Lu et al. 2022, algorithm 2): DDIM's without noise, with
     * the clean value extrapolated along log(signal/level) from what was predicted at the step
     * before and at t. The last step, s = −1, cannot be and is DDIM's.
     *
     * @param before the step before t
     */
    public static ReverseStep multistep(NoiseSchedule schedule, int before, int t, int s) {
        ReverseStep first = of(schedule, t, s, 0);
        if (s == -1) {
            return first;
        }
        double now = logRatio(schedule, t);
        double ratio = (now - logRatio(schedule, before)) / (logRatio(schedule, s) - now);
        double share = 1 / (2 * ratio);
        return new ReverseStep(first.clean * (1 + share), first.noised, -first.clean * share, 0, 0);
    }

    /**
     * A predictor and corrector of second order, after UniPC (Zhao et al. 2023). With w =
     * signal/level, x/level grows by ∫ x̂_0 dw. Ahead, x̂_0 follows the line through the last two
     * predictions; behind, where that had been guessed, the line through what was then predicted at
     * both ends. A line in asinh(w): on its way from noise the x̂_0 of a Gaussian is first a line
     * in w, then flattens like a logarithm. The last step continues x̂_0 to no noise along a line
     * in 1/w².
     *
     * @param times all the steps taken, last first
     * @param i the place among them of the one to step back from
     */
    public static ReverseStep corrected(NoiseSchedule schedule, int[] times, int i) {
        int now = times[i];
        if (i == times.length - 1) {
            double share = i > 0 ? 1 / (square(gain(schedule, times[i - 1], now)) - 1) : 0;
            return new ReverseStep(1 + share, 0, 0 - share, 0, 0);
        }
        int next = times[i + 1];
        double clean = ratio(schedule, next) - ratio(schedule, now);
        double previous = 0;
        double earlier = 0;
        if (i > 0) {
            int before = times[i - 1];
            double behind = bend(schedule, before, now);
            double both = (bend(schedule, now, next) + behind) / rise(schedule, before, now);
            clean += both;
            previous -= both;
            if (i > 1) {
                double guessed = behind / rise(schedule, times[i - 2], before);
                previous -= guessed;
                earlier += guessed;
            }
        }
        double level = schedule.level(next);
        double noised = level / schedule.level(now);
        return new ReverseStep(level * clean, noised, level * previous, level * earlier, 0);
    }

    private static double ratio(NoiseSchedule schedule, int t) {
        return schedule.signal(t) / schedule.level(t);
    }

    private static double gain(NoiseSchedule schedule, int t, int s) {
        return ratio(schedule, s) / ratio(schedule, t);
    }

    /** asinh(w) at s less that at t. */
    private static double rise(NoiseSchedule schedule, int t, int s) {
        return schedule.asinhRatio(s) - schedule.asinhRatio(t);
    }

    /** ∫ (asinh(w) − asinh(w at t)) dw from t to s. */
    private static double bend(NoiseSchedule schedule, int t, int s) {
        return ratio(schedule, s) * rise(schedule, t, s)
                - (1 / schedule.level(s) - 1 / schedule.level(t));
    }

    private static double square(double x) {
        return x * x;
    }

    private static double logRatio(NoiseSchedule schedule, int t) {
        return StrictMath.log(ratio(schedule, t));
    }
}
