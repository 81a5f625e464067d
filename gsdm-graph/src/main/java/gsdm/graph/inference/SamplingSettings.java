package gsdm.graph.inference;

import gsdm.nn.sample.SamplerConfig;

/**
 * How samples are drawn.
 *
 * @param solver how a step is made of predictions
 * @param steps network evaluations a sample; a regressor takes one, without noise
 * @param eta noise added on the way, see {@link SamplerConfig}: 0 for none; 1 for DDPM, with the
 *     solver DDIM
 * @param spacing which of the schedule's steps are taken
 * @param clip bounds predicted clean values to ±clip standard deviations of their array; 0 for none
 * @param gibbsSweeps sweeps of a Gibbs sampler that a sample is moved by at the end, see {@link
 *     gsdm.graph.gibbs.Chain}; 0 for none, as with a regressor
 */
public record SamplingSettings(
        SamplerConfig.Solver solver,
        int steps,
        double eta,
        SamplerConfig.Spacing spacing,
        double clip,
        int gibbsSweeps) {
    /** UniPC in 25 steps without noise, even in asinh(signal/level), unclipped, then 10 sweeps. */
    public static final SamplingSettings DEFAULTS =
            new SamplingSettings(
                    SamplerConfig.Solver.UNI_PC, 25, 0, SamplerConfig.Spacing.ASINH, 0, 10);

    public SamplingSettings {
        if (clip < 0) {
            throw new IllegalArgumentException("clip must be 0 (none) or more; found " + clip);
        }
        if (gibbsSweeps < 0) {
            throw new IllegalArgumentException(
                    "gibbs-sweeps must be 0 or more; found " + gibbsSweeps);
        }
        config(solver, steps, eta, spacing, clip);
    }

    /** These settings with another solver; one that permits the present eta. */
    public SamplingSettings withSolver(SamplerConfig.Solver other) {
        return Components.with(this, "solver", other);
    }

    /** These settings with another number of network evaluations a sample. */
    public SamplingSettings withSteps(int other) {
        return Components.with(this, "steps", other);
    }

    /** These settings with other noise at each step. */
    public SamplingSettings withEta(double other) {
        return Components.with(this, "eta", other);
    }

    /** These settings with another choice of steps. */
    public SamplingSettings withSpacing(SamplerConfig.Spacing other) {
        return Components.with(this, "spacing", other);
    }

    /** These settings with another bound of predicted clean values. */
    public SamplingSettings withClip(double other) {
        return Components.with(this, "clip", other);
    }

    /** These settings with another number of sweeps at the end. */
    public SamplingSettings withGibbsSweeps(int other) {
        return Components.with(this, "gibbsSweeps", other);
    }

    SamplerConfig config() {
        return config(solver, steps, eta, spacing, clip);
    }

    private static SamplerConfig config(
            SamplerConfig.Solver solver,
            int steps,
            double eta,
            SamplerConfig.Spacing spacing,
            double clip) {
        return new SamplerConfig(
                solver,
                steps,
                eta,
                spacing,
                clip == 0 ? Double.POSITIVE_INFINITY : clip,
                SamplerConfig.Discrete.ARGMAX);
    }
}
