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
    }
}
