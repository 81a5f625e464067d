package gsdm.nn.diffusion;

/**
 * One step back in time, from x_t to x_s, s before t: x_s = clean·x̂_0 + noised·x_t + deviation·z,
 * z standard normal (Song et al. 2021, equation 12, with the noise written through x_t and x̂_0).
 * At eta 1 this is q(x_s | x_t, x̂_0) of Ho et al. 2020, equation 7.
 *
 * @param clean factor of the predicted clean value
 * @param noised factor of the present value
 * @param deviation standard deviation of the noise added
 */
public record ReverseStep(double clean, double noised, double deviation) {
    /**
     * The step from t to s; s is −1 for the last step, which gives the clean value itself.
     *
     * @param eta share of the posterior's deviation that is added as noise
     */
    public static ReverseStep of(NoiseSchedule schedule, int t, int s, double eta) {
        double now = schedule.alphaBar(t);
        double then = schedule.alphaBar(s);
        double deviation = eta * Math.sqrt((1 - then) / (1 - now) * (1 - now / then));
        double direction = Math.sqrt(Math.max(0, 1 - then - deviation * deviation));
        double noised = direction / Math.sqrt(1 - now);
        return new ReverseStep(Math.sqrt(then) - noised * Math.sqrt(now), noised, deviation);
    }
}
