package gsdm.graph.gibbs;

import gsdm.nn.layout.ArrayLayout;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * What is known of one example: which nodes are observed, and noised values of the others, z =
 * signal·x + level·ε in the scaled units of their arrays. Allocates nothing after it is made; for
 * one thread at a time.
 */
public final class Known {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final ArrayLayout[] arrays;
    private final boolean[] observed; // [N]
    private final double[] centers; // [N]
    private final double[] scales; // [N], 1 / deviation
    private final int[] offsets; // [N] of a node's values
    private final boolean[] discrete; // [N]
    private final float[] noise; // [X]
    private final MemorySegment noiseMemory;
    private final double[] noised; // [X] over the level of noise
    private double ratio; // of signal to level

    /** Of a whole model with those arrays. */
    public Known(List<ArrayLayout> layout) {
        arrays = layout.toArray(ArrayLayout[]::new);
        int nodes = layout.stream().mapToInt(ArrayLayout::nodes).sum();
        observed = new boolean[nodes];
        centers = new double[nodes];
        scales = new double[nodes];
        offsets = new int[nodes];
        discrete = new boolean[nodes];
        for (ArrayLayout array : arrays) {
            for (int n = 0; n < array.nodes(); n++) {
                int node = array.nodeOffset() + n;
                centers[node] = array.mean();
                scales[node] = 1 / array.std();
                offsets[node] = array.valueOffset() + n * array.options();
                discrete[node] = array.options() > 1;
            }
        }
        noise = new float[layout.stream().mapToInt(ArrayLayout::values).sum()];
        noiseMemory = MemorySegment.ofArray(noise);
        noised = new double[noise.length];
    }

    /**
     * Takes an example, noised as a training step does, see {@link gsdm.tensor.program.Normals}.
     *
     * @param values [N] what was drawn, categories as 0, 1, ...
     * @param flags a float for each node, 1 where it is observed, else 0
     * @param first where in {@code flags}, in floats, the first node is
     * @param key of the example's noise
     */
    public void begin(
            float[] values,
            MemorySegment flags,
            long first,
            long key,
            double signal,
            double level) {
        begin(flags, first);
        ratio = signal / level;
        for (int a = 0; a < arrays.length; a++) {
            ArrayLayout array = arrays[a];
            RandomStream.fillNormal(
                    RandomStream.fork(key, a),
                    0,
                    noiseMemory,
                    FLOAT.byteSize() * array.valueOffset(),
                    array.values());
        }
        for (ArrayLayout array : arrays) {
            for (int n = 0; n < array.nodes(); n++) {
                int node = array.nodeOffset() + n;
                for (int option = 0; option < array.options(); option++) {
                    int at = offsets[node] + option;
                    double clean =
                            discrete[node]
                                    ? values[node] == option ? 1 : 0
                                    : (values[node] - centers[node]) * scales[node];
                    noised[at] = ratio * clean + noise[at];
                }
            }
        }
    }

    /**
     * Takes an example of which nothing is known but what is observed.
     *
     * @param flags a float for each node, 1 where it is observed, else 0
     * @param first where in {@code flags}, in floats, the first node is
     */
    public void begin(MemorySegment flags, long first) {
        ratio = 0;
        Arrays.fill(noised, 0);
        for (int node = 0; node < observed.length; node++) {
            observed[node] = flags.getAtIndex(FLOAT, first + node) != 0;
        }
    }

    /** X. */
    int values() {
        return noised.length;
    }

    /** Where the values of a node start: one, or one for each option. */
    int offset(int node) {
        return offsets[node];
    }

    boolean observed(int node) {
        return observed[node];
    }

    /**
     * By how many deviations of the noise a continuous node's noised value moves with its value.
     */
    double steepness(int node) {
        return ratio * scales[node];
    }

    /** How many deviations of the noise a continuous node's noised value is from a value's. */
    double distance(int node, double value) {
        return noised[offsets[node]] - ratio * (value - centers[node]) * scales[node];
    }

    /** What its own noised value says for a value or an option, but for what is the same of all. */
    double logLikelihood(int node, double value) {
        if (discrete[node]) {
            return ratio * noised[offsets[node] + (int) value];
        }
        double distance = distance(node, value);
        return -distance * distance / 2;
    }
}
