package gsdm.graph.inference;

import gsdm.nn.diffusion.LevelWeight;
import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.TimeEmbedding;

import java.util.Objects;

/**
 * The noise: how much there is, what errors count under it, how the network is told of it.
 *
 * @param schedule its shape
 * @param steps T, the number of noise levels
 * @param betaStart β of the first step, where the shape has one
 * @param betaEnd β of the last step, where the shape has one
 * @param lossWeight what errors of continuous values count at a level of noise
 * @param lossGamma γ of the weight min(SNR, γ)
 * @param timeEmbedding by which number the network is told of the level
 * @param scaleValues whether each array is scaled to mean 0 and deviation 1, as draws of the prior
 *     have it; if not, noise is as large beside values as these are small
 */
public record DiffusionSettings(
        NoiseSchedule.Kind schedule,
        int steps,
        double betaStart,
        double betaEnd,
        LevelWeight.Kind lossWeight,
        double lossGamma,
        TimeEmbedding timeEmbedding,
        boolean scaleValues) {
    /** Cosine in 1000 steps, errors weighed by min(SNR, 5), told by the level. */
    public static final DiffusionSettings DEFAULTS =
            new DiffusionSettings(
                    NoiseSchedule.Kind.COSINE,
                    NoiseSchedule.DEFAULT_STEPS,
                    NoiseSchedule.DEFAULT_START,
                    NoiseSchedule.DEFAULT_END,
                    LevelWeight.Kind.MIN_SNR,
                    LevelWeight.DEFAULT_GAMMA,
                    TimeEmbedding.NOISE_LEVEL,
                    true);

    public DiffusionSettings {
        NoiseSchedule.of(schedule, steps, betaStart, betaEnd);
        new LevelWeight(lossWeight, lossGamma);
        Objects.requireNonNull(timeEmbedding, "timeEmbedding");
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

    /** These settings with another weight of errors at a level of noise. */
    public DiffusionSettings withLossWeight(LevelWeight.Kind other) {
        return Components.with(this, "lossWeight", other);
    }

    /** These settings with another γ. */
    public DiffusionSettings withLossGamma(double other) {
        return Components.with(this, "lossGamma", other);
    }

    /** These settings with another way to tell the network of the level. */
    public DiffusionSettings withTimeEmbedding(TimeEmbedding other) {
        return Components.with(this, "timeEmbedding", other);
    }

    /** These settings with arrays scaled, or as they are. */
    public DiffusionSettings withScaleValues(boolean other) {
        return Components.with(this, "scaleValues", other);
    }

    LevelWeight levelWeight() {
        return new LevelWeight(lossWeight, lossGamma);
    }

    NoiseSchedule noiseSchedule() {
        return NoiseSchedule.of(schedule, steps, betaStart, betaEnd);
    }
}
