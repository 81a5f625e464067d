package gsdm.nn.diffusion;

/** Labels of the random streams of a run, forked from its seed. Never renumber: runs resume. */
public final class Streams {
    /** Initial parameters, by name. */
    public static final long PARAMETERS = 1;

    /** The time step of a training example. */
    public static final long TIME = 2;

    /** The noise of a training example. */
    public static final long NOISE = 3;

    /** Where the sampling of an example starts. */
    public static final long START = 4;

    /** The noise of a sampling step. */
    public static final long SAMPLING = 5;

    /** The first label for those who draw the data. */
    public static final long DATA = 64;

    private Streams() {}
}
