package gsdm.nn.diffusion;

/**
 * Steps back in time of second order, one network evaluation each. With w = signal/level, while w
 * is below 2 they add no noise, after UniPC (Zhao et al. 2023): what is known of a value then
 * decides between modes, which noise blurs in few steps. From there on they follow the reverse
 * process with η times the noise of the forward one (Song et al. 2021, appendix D; η = 1 is the
 * reverse of Ho et al. 2020, more is Langevin dynamics beside it), so that what a network got wrong
 * on the way is noised again and put right.
 *
 * <p>A sample over its signal, X, becomes k·X + (1 − k)·x̂_0 + noise, k = (w_t/w_s)^(1 + η²). To
 * that comes a share c of how x̂_0 changes on the way from t to s. It is guessed ahead of a step:
 * to go on as before along asinh(w) without noise, not at all with noise, where it has mean zero.
 * Once x̂_0 is known at s, the next step makes up for the difference. Without noise c follows the
 * line in asinh(w): on its way from noise the x̂_0 of a Gaussian is first a line in w, then
 * flattens like a logarithm. With noise it is (1 − k)/(1 + k), which keeps a Gaussian as wide as it
 * is (docs/adr/0003-noise-schedule.md); and x̂_0 is taken for what it would be at the X put right,
 * guessed as if nothing else were known of it.
 */
public final class PredictorCorrector {
    private static final double LEAST_RATIO = 2;

    private final NoiseSchedule schedule;
    private final int[] times;
    private final double power;

    /**
     * Steps through given times.
     *
     * @param times all the steps of the schedule taken, last first
     * @param eta η, 0 or more
     */
    public PredictorCorrector(NoiseSchedule schedule, int[] times, double eta) {
        this.schedule = schedule;
        this.times = times.clone();
        this.power = 1 + eta * eta;
    }

    /** The step from time number i to the next, or from the last to no noise. */
    public ReverseStep step(int i) {
        if (i == times.length - 1) {
            double beyond = i > 0 ? beyond(i) : 0;
            return new ReverseStep(1 + beyond, 0, 0 - beyond, 0, 0, 0);
        }
        double kept = kept(i);
        double taken = 1 - kept;
        double ahead = share(i) * goesOn(i);
        double behind = i > 0 ? kept * share(i - 1) : 0;
        double guessed = i > 0 ? goesOn(i - 1) : 0;
        double gain = i > 0 && noisy(i - 1) ? schedule.alphaBar(times[i]) * share(i - 1) : 0;
        double signal = schedule.signal(times[i + 1]);
        return new ReverseStep(
                signal * (taken * (1 + gain) + ahead + behind),
                signal * kept / schedule.signal(times[i]),
                0 - signal * (taken * gain + ahead + behind * (1 + guessed)),
                signal * behind * guessed,
                noisy(i) ? schedule.level(times[i + 1]) * deviation(i) : 0,
                gain);
    }

    /** Whether the step from time number i adds noise. */
    private boolean noisy(int i) {
        return power > 1 && ratio(i) >= LEAST_RATIO;
    }

    private double kept(int i) {
        return Math.pow(ratio(i) / ratio(i + 1), noisy(i) ? power : 1);
    }

    /** Of the noise at the next time, what is new. */
    private double deviation(int i) {
        return Math.sqrt(1 - Math.pow(ratio(i) / ratio(i + 1), 2 * (power - 1)));
    }

    /** c: how far X moves with a change of x̂_0 on the way from time number i to the next. */
    private double share(int i) {
        if (noisy(i)) {
            return (1 - kept(i)) / (1 + kept(i));
        }
        // the mean over w, from 0 at X, of how much of the way in asinh(w) is behind; 1/level is
        // √(1 + w²)
        double ahead = ratio(i + 1) * rise(i);
        double bend = 1 / schedule.level(times[i + 1]) - 1 / schedule.level(times[i]);
        return (ahead - bend) / ahead;
    }

    /** How much of the last change of x̂_0 is expected again. */
    private double goesOn(int i) {
        return i > 0 && !noisy(i) ? rise(i) / rise(i - 1) : 0;
    }

    /**
     * How far the last step goes along the last change of x̂_0. Without noise on the way there,
     * along a line in 1/w²; with noise so far that what noise still hides does not narrow a sample.
     */
    private double beyond(int i) {
        double more = Math.pow(ratio(i) / ratio(i - 1), 2) - 1;
        return noisy(i - 1) ? (more + 1) / Math.sqrt(more) - 1 : 1 / more;
    }

    private double ratio(int i) {
        return schedule.signal(times[i]) / schedule.level(times[i]);
    }

    private double rise(int i) {
        return schedule.asinhRatio(times[i + 1]) - schedule.asinhRatio(times[i]);
    }
}
