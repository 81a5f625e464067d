package gsdm.nn.diffusion;

/** By which number a network is told how much noise there is. */
public enum TimeEmbedding {
    /** The time step, as the reference's: it means another level under another schedule. */
    STEP,
    /**
     * The angle atan(level / signal), from 0 for none to 1000 for noise alone: the same level is
     * the same number under every schedule. Under a cosine one it is about the step of a thousand.
     */
    NOISE_LEVEL
}
