package gsdm.nn.diffusion;

/** How the errors of a batch become one loss. Observed values never count. */
public enum Reduction {
    /** The mean over the unobserved values of the batch, by the weights of their arrays. */
    MEAN,
    /** The reference's: summed over values, averaged over examples. */
    SUM
}
