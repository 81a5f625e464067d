package gsdm.nn.diffusion;

/** What a network is trained to predict from a noised value. */
public enum Parameterisation {
    /** The clean value; of discrete nodes, probabilities. */
    X0,
    /** The noise that was added. */
    NOISE;

    /** Whether the prediction is the clean value itself. */
    public boolean predictsClean() {
        return this == X0;
    }
}
