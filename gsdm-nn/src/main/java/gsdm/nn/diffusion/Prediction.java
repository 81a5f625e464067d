package gsdm.nn.diffusion;

/** What the network is trained to predict from a noised value. */
public enum Prediction {
    /** The clean value; discrete nodes predict probabilities. */
    X0,
    /** The noise that was added. */
    NOISE
}
