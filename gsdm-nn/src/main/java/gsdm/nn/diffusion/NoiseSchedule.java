package gsdm.nn.diffusion;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;

/**
 * How much noise a value carries at each of T time steps (Ho et al. 2020): q(x_t | x_0) =
 * N(√ᾱ_t·x_0, 1 − ᾱ_t) with ᾱ_t = Π_{s ≤ t} (1 − β_s). Steps are counted from 0; everything is
 * computed in double precision.
 *
 * <p>Sampling starts from ᾱ = 0, so a schedule whose last ᾱ is far from 0 biases samples: see
 * {@link #finalAlphaBar()} and docs/adr/0003-noise-schedule.md.
 */
public final class NoiseSchedule {
    /** T unless something else is asked for. */
    public static final int DEFAULT_STEPS = 1000;

    /** β of the first step, unless something else is asked for. */
    public static final double DEFAULT_START = 1e-4;

    /** β of the last step, unless something else is asked for. */
    public static final double DEFAULT_END = 2e-2;

    private static final int MOST_STEPS = 1_000_000;
    private static final double COSINE_OFFSET = 0.008;
    private static final double LARGEST_COSINE_BETA = 0.999;
    private static final double SIGMOID_RANGE = 6;
    private static final double LOG_MEAN = -0.51;
    private static final double LOG_DEVIATION = 1.2;
    private static final double LARGEST_RATIO = 160;
    private static final double NORMAL_RANGE = 6;
    private static final double NORMAL_STEP = 1e-5;

    /** The shape of β over time. */
    public enum Kind {
        /** From start to end in equal steps (Ho et al. 2020). */
        LINEAR,
        /** ᾱ falls as a squared cosine (Nichol, Dhariwal 2021); start and end are not used. */
        COSINE,
        /** √β from √start to √end in equal steps. */
        QUADRATIC,
        /** From start to end along a logistic curve over [−6, 6]. */
        SIGMOID,
        /** End at every step; start is not used. */
        CONSTANT,
        /**
         * The logarithm of level over signal is normal with mean −0.51 and deviation 1.2, and the
         * last step's is that of 160 (Karras et al. 2022, table 1, for values of variance one);
         * start and end are not used.
         */
        LOG_NORMAL
    }

    private final double[] betas;
    private final double[] alphaBars;
    private final boolean noisy;

    private NoiseSchedule(double[] betas, double[] alphaBars, boolean noisy) {
        this.betas = betas;
        this.alphaBars = alphaBars;
        this.noisy = noisy;
    }

    private static NoiseSchedule noisy(double[] betas) {
        double[] alphaBars = new double[betas.length];
        double product = 1;
        for (int t = 0; t < betas.length; t++) {
            if (!(betas[t] > 0 && betas[t] < 1)) {
                throw new IllegalArgumentException(
                        "β must lie between 0 and 1; found %s at step %d".formatted(betas[t], t));
            }
            product *= 1 - betas[t];
            alphaBars[t] = product;
        }
        if (product < Double.MIN_NORMAL) {
            throw new IllegalArgumentException(
                    "the noise schedule leaves nothing of the signal: fewer steps, or a lower β");
        }
        return new NoiseSchedule(betas, alphaBars, true);
    }

    /**
     * One step at which nothing is left of a value, and no noise is in its place: for prediction in
     * one pass.
     */
    public static NoiseSchedule none() {
        return new NoiseSchedule(new double[] {1}, new double[] {0}, false);
    }

    /** The default: linear from 1e-4 to 2e-2 in 1000 steps, which ends at ᾱ = 4.0e-5. */
    public static NoiseSchedule standard() {
        return of(Kind.LINEAR, DEFAULT_STEPS, DEFAULT_START, DEFAULT_END);
    }

    /**
     * A schedule by its kind.
     *
     * @param steps T, 1 to a million
     * @param start β of the first step, where the kind has one
     * @param end β of the last step, where the kind has one
     * @throws IllegalArgumentException if a β falls outside (0, 1), or ᾱ_T is 0 as far as doubles
     *     tell
     */
    public static NoiseSchedule of(Kind kind, int steps, double start, double end) {
        Objects.requireNonNull(kind, "schedule");
        if (steps < 1 || steps > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "a schedule has 1 to %d steps; found %d".formatted(MOST_STEPS, steps));
        }
        IntToDoubleFunction beta =
                switch (kind) {
                    case LINEAR -> t -> start + (end - start) * fraction(t, steps);
                    case COSINE -> t -> cosineBeta(t, steps);
                    case QUADRATIC ->
                            t -> {
                                double root =
                                        Math.sqrt(start)
                                                + (Math.sqrt(end) - Math.sqrt(start))
                                                        * fraction(t, steps);
                                return root * root;
                            };
                    case SIGMOID ->
                            t -> {
                                double x = SIGMOID_RANGE * (2 * fraction(t, steps) - 1);
                                return start + (end - start) / (1 + StrictMath.exp(-x));
                            };
                    case CONSTANT -> t -> end;
                    case LOG_NORMAL -> logNormalBetas(steps);
                };
        double[] betas = new double[steps];
        Arrays.setAll(betas, beta);
        return noisy(betas);
    }

    /** A schedule given step by step. */
    public static NoiseSchedule ofBetas(double[] betas) {
        return noisy(betas.clone());
    }

    private static double fraction(int t, int steps) {
        return steps == 1 ? 0 : t / (steps - 1.0);
    }

    private static double cosineBeta(int t, int steps) {
        double ratio = squaredCosine((t + 1.0) / steps) / squaredCosine(t / (double) steps);
        return Math.min(1 - ratio, LARGEST_COSINE_BETA);
    }

    private static double squaredCosine(double time) {
        double cosine = StrictMath.cos((time + COSINE_OFFSET) / (1 + COSINE_OFFSET) * Math.PI / 2);
        return cosine * cosine;
    }

    private static IntToDoubleFunction logNormalBetas(int steps) {
        double[] bars = new double[steps + 1];
        bars[0] = 1;
        double z = -NORMAL_RANGE;
        double mass = 0;
        for (int t = 0; t < steps - 1; t++) {
            double wanted = (t + 0.5) / steps;
            for (; mass < wanted; z += NORMAL_STEP) {
                mass += NORMAL_STEP * density(z + NORMAL_STEP / 2);
            }
            double ratio = StrictMath.exp(LOG_MEAN + LOG_DEVIATION * z);
            bars[t + 1] = 1 / (1 + ratio * ratio);
        }
        bars[steps] = 1 / (1 + LARGEST_RATIO * LARGEST_RATIO);
        return t -> 1 - bars[t + 1] / bars[t];
    }

    private static double density(double z) {
        return StrictMath.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    }

    /** T. */
    public int steps() {
        return betas.length;
    }

    /** β of a step. */
    public double beta(int t) {
        return betas[t];
    }

    /** ᾱ of a step; 1 for step −1, before any noise. */
    public double alphaBar(int t) {
        return t == -1 ? 1 : alphaBars[t];
    }

    /** What a value is multiplied by at a step: √ᾱ. */
    public double signal(int t) {
        return Math.sqrt(alphaBar(t));
    }

    /** The standard deviation of the noise in a value at a step: √(1 − ᾱ). */
    public double level(int t) {
        return noisy ? Math.sqrt(1 - alphaBar(t)) : 0;
    }

    /**
     * asinh(signal/level) of a step: the logarithm of twice the ratio where there is little noise,
     * the ratio itself where there is much.
     */
    public double asinhRatio(int t) {
        // 1/level is √(1 + ratio²)
        return StrictMath.log((signal(t) + 1) / level(t));
    }

    /** The standard deviation of values where sampling starts: 1, or 0 without noise. */
    public double start() {
        return noisy ? 1 : 0;
    }

    /** ᾱ of the last step: what is left of the signal where sampling starts without any. */
    public double finalAlphaBar() {
        return alphaBars[alphaBars.length - 1];
    }

    @Override
    public String toString() {
        return "NoiseSchedule[steps=%d, finalAlphaBar=%s]".formatted(steps(), finalAlphaBar());
    }
}
