package gsdm.nn.train;

import java.util.Objects;

/**
 * The learning rate as a function of the step alone: a linear warm-up, then constant or falling to
 * a share of the peak at the horizon, and staying there. The horizon is fixed when a run starts and
 * saved with it, so a resumed run follows the same curve.
 *
 * @param peak the largest rate
 * @param warmup steps until the peak, 0 or more
 * @param decay how it falls
 * @param horizon the step at which it has fallen
 * @param floor the share of the peak it falls to, in [0, 1]
 */
public record LearningRate(double peak, long warmup, Decay decay, long horizon, double floor) {
    /** How the rate falls after the warm-up. */
    public enum Decay {
        /** Not at all. */
        CONSTANT,
        /** In a straight line. */
        LINEAR,
        /** Along half a cosine. */
        COSINE
    }

    public LearningRate {
        Objects.requireNonNull(decay, "decay");
        if (!(peak > 0 && Double.isFinite(peak)) || warmup < 0 || horizon < 1) {
            throw new IllegalArgumentException(
                    ("a learning rate has a positive peak, a warm-up of 0 or more steps and a"
                                    + " horizon of 1 or more; found %s, %d and %d")
                            .formatted(peak, warmup, horizon));
        }
        if (!(floor >= 0 && floor <= 1)) {
            throw new IllegalArgumentException(
                    "the floor is a share of the peak, 0 to 1; found " + floor);
        }
    }

    /** The rate of a step, counted from 1. */
    public double at(long step) {
        if (step <= warmup) {
            return peak * step / warmup;
        }
        long span = Math.max(1, horizon - warmup);
        double progress = Math.min(1, (step - warmup) / (double) span);
        double share =
                switch (decay) {
                    case CONSTANT -> 1;
                    case LINEAR -> 1 - progress;
                    case COSINE -> (1 + StrictMath.cos(Math.PI * progress)) / 2;
                };
        return peak * (floor + (1 - floor) * share);
    }
}
