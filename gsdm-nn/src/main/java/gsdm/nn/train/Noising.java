package gsdm.nn.train;

/**
 * How each example of a step's batch is noised: x_t = signal·x_0 + level·ε, ε by {@link
 * gsdm.tensor.program.Normals} of a key. Written anew for every step.
 */
public final class Noising {
    private final long[] keys;
    private final double[] signals;
    private final double[] levels;

    Noising(int examples) {
        keys = new long[examples];
        signals = new double[examples];
        levels = new double[examples];
    }

    void set(int example, long key, double signal, double level) {
        keys[example] = key;
        signals[example] = signal;
        levels[example] = level;
    }

    /** The key of an example's noise. */
    public long key(int example) {
        return keys[example];
    }

    /** What an example's clean values are multiplied by. */
    public double signal(int example) {
        return signals[example];
    }

    /** What an example's noise is multiplied by. */
    public double level(int example) {
        return levels[example];
    }
}
