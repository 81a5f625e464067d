package gsdm.nn.diffusion;

/**
 * One step back in time, from x_t to x_s, s before t: x_s = clean·x̂_0 + noised·x_t +
 * previous·x̂_0' + earlier·x̂_0'' + deviation·z, z standard normal, x̂_0' and x̂_0'' what was
 * remembered one and two steps before. Remembered of this step is x̂_0 + gain·(x̂_0 − x̂_0').
 *
 * @param clean factor of the predicted clean value
 * @param noised factor of the present value
 * @param previous factor of the clean value remembered at the step before
 * @param earlier factor of the clean value remembered at the step before that
 * @param deviation standard deviation of the noise added
 * @param gain how far what is remembered goes beyond what was predicted
 */
public record ReverseStep(
        double clean,
        double noised,
        double previous,
        double earlier,
        double deviation,
        double gain) {
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
        return new ReverseStep(
                Math.sqrt(then) - noised * Math.sqrt(now), noised, 0, 0, deviation, 0);
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
        return new ReverseStep(
                first.clean * (1 + share), first.noised, -first.clean * share, 0, 0, 0);
    }

    private static double logRatio(NoiseSchedule schedule, int t) {
        return StrictMath.log(schedule.signal(t) / schedule.level(t));
    }
}
