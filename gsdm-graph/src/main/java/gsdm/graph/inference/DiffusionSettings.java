package gsdm.graph.inference;

import gsdm.nn.diffusion.NoiseSchedule;

/**
 * The noise schedule.
 *
 * @param schedule its shape
 * @param steps T, the number of noise levels
 * @param betaStart β of the first step, where the shape has one
 * @param betaEnd β of the last step, where the shape has one
 */
public record DiffusionSettings(
        NoiseSchedule.Kind schedule, int steps, double betaStart, double betaEnd) {
    /** Linear from 1e-4 to 0.02 in 1000 steps. */
    public static final DiffusionSettings DEFAULTS =
            new DiffusionSettings(
                    NoiseSchedule.Kind.LINEAR,
                    NoiseSchedule.DEFAULT_STEPS,
                    NoiseSchedule.DEFAULT_START,
                    NoiseSchedule.DEFAULT_END);

    public DiffusionSettings {
        NoiseSchedule.of(schedule, steps, betaStart, betaEnd);
    }

    /** These settings with another shape of the schedule. */
    public DiffusionSettings withSchedule(NoiseSchedule.Kind other) {
        return Components.with(this, "schedule", other);
    }

    /** These settings with another number of noise levels. */
    public DiffusionSettings withSteps(int other) {
        return Components.with(this, "steps", other);
    }

    /** These settings with another β of the first step. */
    public DiffusionSettings withBetaStart(double other) {
        return Components.with(this, "betaStart", other);
    }

    /** These settings with another β of the last step. */
    public DiffusionSettings withBetaEnd(double other) {
        return Components.with(this, "betaEnd", other);
    }

    NoiseSchedule noiseSchedule() {
        return NoiseSchedule.of(schedule, steps, betaStart, betaEnd);
    }
}
