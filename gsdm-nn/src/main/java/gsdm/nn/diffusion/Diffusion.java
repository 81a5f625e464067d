package gsdm.nn.diffusion;

import java.util.Objects;

/**
 * How values are noised, and what a network predicts of them.
 *
 * @param schedule the levels of noise
 * @param parameterisation what is predicted
 */
public record Diffusion(NoiseSchedule schedule, Parameterisation parameterisation) {
    public Diffusion {
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(parameterisation, "parameterisation");
        if (schedule.signal(schedule.steps() - 1) == 0 && !parameterisation.predictsClean()) {
            throw new IllegalArgumentException(
                    "where nothing is left of a value, the clean value itself is predicted; found "
                            + parameterisation);
        }
    }

    /** What a regressor is trained for: one step, at which a value is neither seen nor noised. */
    public static Diffusion none() {
        return new Diffusion(NoiseSchedule.none(), Parameterisation.X0);
    }
}
