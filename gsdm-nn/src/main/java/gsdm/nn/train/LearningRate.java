package gsdm.nn.train;

import gsdm.nn.checkpoint.Falls;
import gsdm.nn.checkpoint.Falls.Fall;

import java.util.List;
import java.util.Objects;

/**
 * The learning rate as a function of the step alone: a linear warm-up, the peak, and at the end a
 * fall to a share of it (warm-up, stable, decay: Hu et al. 2024). The falls are part of a run's
 * state, so that a resumed run follows the same curve.
 *
 * @param peak the largest rate
 * @param warmup steps until the peak, 0 or more; a fall begins after them
 * @param decay how it falls
 * @param floor the share of the peak it falls to, in [0, 1]
 * @param falls when it falls
 */
public record LearningRate(double peak, long warmup, Decay decay, double floor, Falls falls) {
    /** How the rate falls at the end. */
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
        Objects.requireNonNull(falls, "falls");
        if (!(peak > 0 && Double.isFinite(peak)) || warmup < 0) {
            throw new IllegalArgumentException(
                    ("a learning rate has a positive peak and a warm-up of 0 or more steps; found"
                                    + " %s and %d")
                            .formatted(peak, warmup));
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
        double fallen = fallenBy(step);
        double share =
                switch (decay) {
                    case CONSTANT -> 1;
                    case LINEAR -> 1 - fallen;
                    case COSINE -> (1 + StrictMath.cos(Math.PI * fallen)) / 2;
                };
        return peak * (floor + (1 - floor) * share);
    }

    /** What part of the fall is done by a step, 0 to 1: each fall takes it in a line to 1. */
    private double fallenBy(long step) {
        List<Fall> all = falls.list();
        double fallen = 0;
        for (int i = 0; i < all.size(); i++) {
            long from = Math.max(warmup, all.get(i).after());
            long revised = i + 1 < all.size() ? Math.max(warmup, all.get(i + 1).after()) : step;
            long until = Math.min(step, revised);
            if (until > from) {
                long span = Math.max(1, all.get(i).end() - from);
                fallen += (1 - fallen) * Math.min(1, (until - from) / (double) span);
            }
        }
        return fallen;
    }

    /** This rate with other falls. */
    public LearningRate with(Falls other) {
        return new LearningRate(peak, warmup, decay, floor, other);
    }
}
