package gsdm.graph.inference;

/** What is learned. */
public enum ModelSystem {
    /** A network that takes noise away, step by step: its samples are of the posterior. */
    DIFFUSION,
    /**
     * The same network without noise and time, trained on squared errors: one pass predicts the
     * posterior's mean. Noise schedule, prediction, program features, likelihoods, the loss of
     * discrete nodes, and solver, steps and noise of sampling mean nothing to it and are not looked
     * at.
     */
    REGRESSOR_GS
}
