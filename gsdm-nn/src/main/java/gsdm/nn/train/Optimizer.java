package gsdm.nn.train;

/** What makes steps of gradients. */
public enum Optimizer {
    /** {@link gsdm.tensor.program.Adam}, of all parameters. */
    ADAM,
    /**
     * {@link gsdm.tensor.program.Muon}, of the matrices between activations, and Adam of the rest,
     * at one learning rate.
     */
    MUON
}
