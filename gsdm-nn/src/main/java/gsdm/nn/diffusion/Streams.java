package gsdm.nn.diffusion;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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

    /** Writes an example's key as programs read it: [B, 2] int, the low word and the high one. */
    public static void write(long key, MemorySegment to, int example) {
        to.setAtIndex(ValueLayout.JAVA_INT, 2L * example, (int) key);
        to.setAtIndex(ValueLayout.JAVA_INT, 2L * example + 1, (int) (key >>> Integer.SIZE));
    }
}
