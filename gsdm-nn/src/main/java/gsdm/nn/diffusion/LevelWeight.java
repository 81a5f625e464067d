package gsdm.nn.diffusion;

import java.util.Objects;

/**
 * What errors of continuous values count at a level of noise, stated on the squared error of the
 * clean value, whatever is predicted. With SNR the square of signal over level.
 *
 * @param kind as a function of SNR
 * @param gamma γ of {@link Kind#MIN_SNR}
 */
public record LevelWeight(Kind kind, double gamma) {
    /** γ unless something else is asked for (Hang et al. 2023). */
    public static final double DEFAULT_GAMMA = 5;

    /** A weight as a function of SNR. */
    public enum Kind {
        /** 1: every error of a clean value counts alike. */
        UNIFORM,
        /** SNR + 1: every error of a velocity counts alike (Salimans, Ho 2022). */
        SNR_PLUS_ONE,
        /** min(SNR, γ) (Hang et al. 2023). */
        MIN_SNR
    }

    public LevelWeight {
        Objects.requireNonNull(kind, "kind");
        if (!(gamma > 0 && Double.isFinite(gamma))) {
            throw new IllegalArgumentException("gamma is positive and finite; found " + gamma);
        }
    }

    /** One that takes no gamma, or the usual one. */
    public static LevelWeight of(Kind kind) {
        return new LevelWeight(kind, DEFAULT_GAMMA);
    }

    /**
     * What the squared error of a prediction counts.
     *
     * @param parameterisation of what is predicted
     * @param signal of the clean value in the noised one
     * @param level of noise in it
     */
    public double of(Parameterisation parameterisation, double signal, double level) {
        double slope = parameterisation.slope(signal, level);
        // through level² · SNR = signal², so that no level is divided by where it could be zero
        return switch (kind) {
            case UNIFORM -> slope * slope;
            case SNR_PLUS_ONE -> square(slope / level) * (square(signal) + square(level));
            case MIN_SNR -> Math.min(square(slope / level * signal), gamma * square(slope));
        };
    }

    private static double square(double x) {
        return x * x;
    }
}
