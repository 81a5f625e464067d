package gsdm.nn.train;

import gsdm.nn.diffusion.Objective;

import java.util.Objects;

/**
 * How a network is trained.
 *
 * @param seed of the initial parameters, the time steps and the noise
 * @param batch the examples of a step, or which of them are this trainer's
 * @param learningRate as a function of the step; falls may be decided on the way
 * @param optimizer what makes steps of gradients
 * @param momentum the share of Muon's momentum kept in a step
 * @param beta1 decay of Adam's first moment
 * @param beta2 decay of Adam's second moment
 * @param epsilon added to the root of Adam's second moment
 * @param clipNorm largest norm of the gradient; infinity for none
 * @param emaDecay decay of the averaged parameters once warm; see {@link #emaDecayAt}
 * @param objective what is minimised
 * @param recompute whether activations of all layers but the last are computed again for their
 *     gradients, in place of being kept: the same bits, more time, less memory
 * @param refined whether targets are what {@link BatchSource#refine} makes of the values drawn
 */
public record TrainingConfig(
        long seed,
        BatchPart batch,
        LearningRate learningRate,
        Optimizer optimizer,
        double momentum,
        double beta1,
        double beta2,
        double epsilon,
        double clipNorm,
        double emaDecay,
        Objective objective,
        boolean recompute,
        boolean refined) {
    public TrainingConfig {
        Objects.requireNonNull(learningRate);
        Objects.requireNonNull(batch, "batch");
        Objects.requireNonNull(objective, "objective");
        Objects.requireNonNull(optimizer, "optimizer");
        // in the floats that steps are computed with
        require(momentum >= 0 && (float) momentum < 1, "momentum must lie in [0, 1)", momentum);
        require(beta1 >= 0 && (float) beta1 < 1, "beta1 must lie in [0, 1)", beta1);
        require(beta2 >= 0 && (float) beta2 < 1, "beta2 must lie in [0, 1)", beta2);
        require((float) epsilon > 0, "epsilon must be positive", epsilon);
        require(clipNorm > 0, "the clip norm must be positive", clipNorm);
        require(
                emaDecay >= 0 && (float) emaDecay < 1,
                "the EMA decay must lie in [0, 1)",
                emaDecay);
    }

    /**
     * The EMA decay of a step counted from 1: min(decay, (1 + step) / (10 + step)), so that an
     * early average is not of initial parameters.
     */
    public double emaDecayAt(long step) {
        return Math.min(emaDecay, (1.0 + step) / (10.0 + step));
    }

    private static void require(boolean holds, String message, Object found) {
        if (!holds) {
            throw new IllegalArgumentException(message + "; found " + found);
        }
    }
}
