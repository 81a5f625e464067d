package gsdm.nn.diffusion;

import java.util.Objects;

/**
 * How values are noised, what a network predicts of them, and what its errors count, and how it is
 * told of the noise.
 *
 * @param schedule the levels of noise
 * @param parameterisation what is predicted
 * @param weight what errors count at a level of noise
 * @param time how the network is told of the level
 */
public record Diffusion(
        NoiseSchedule schedule,
        Parameterisation parameterisation,
        LevelWeight weight,
        TimeEmbedding time) {
    private static final double NOISE_ALONE = 1000;

    public Diffusion {
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(parameterisation, "parameterisation");
        Objects.requireNonNull(weight, "weight");
        Objects.requireNonNull(time, "time");
        if (schedule.signal(schedule.steps() - 1) == 0 && !parameterisation.predictsClean()) {
            throw new IllegalArgumentException(
                    "where nothing is left of a value, the clean value itself is predicted; found "
                            + parameterisation);
        }
    }

    /** What a regressor is trained for: one step, at which a value is neither seen nor noised. */
    public static Diffusion none() {
        return new Diffusion(
                NoiseSchedule.none(),
                Parameterisation.X0,
                LevelWeight.of(LevelWeight.Kind.UNIFORM),
                TimeEmbedding.STEP);
    }

    /** The number that a network is told at each step, [T]. */
    public double[] times() {
        double[] times = new double[schedule.steps()];
        for (int t = 0; t < times.length; t++) {
            times[t] =
                    switch (time) {
                        case STEP -> t;
                        case NOISE_LEVEL ->
                                NOISE_ALONE
                                        * StrictMath.atan2(schedule.level(t), schedule.signal(t))
                                        / (Math.PI / 2);
                    };
        }
        return times;
    }
}
