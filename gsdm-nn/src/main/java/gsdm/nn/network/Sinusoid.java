package gsdm.nn.network;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Sinusoidal embeddings of numbers (Vaswani et al. 2017): sines, then cosines, of the number times
 * base^(−i / (half − 1)), i in [0, half), half = ⌊width / 2⌋; an odd width ends in a zero.
 */
final class Sinusoid {
    /** The fewest channels that hold two frequencies. */
    static final int LEAST_WIDTH = 4;

    private Sinusoid() {}

    static double[] frequencies(int width, double base) {
        if (width < LEAST_WIDTH) {
            throw new IllegalArgumentException(
                    "a sinusoidal embedding takes 4 or more channels a coordinate; found " + width);
        }
        double[] frequencies = new double[width / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = StrictMath.exp(-StrictMath.log(base) * i / (frequencies.length - 1));
        }
        return frequencies;
    }

    static void write(
            double value, double[] frequencies, int width, MemorySegment to, long firstIndex) {
        int half = frequencies.length;
        for (int i = 0; i < half; i++) {
            double angle = value * frequencies[i];
            set(to, firstIndex + i, StrictMath.sin(angle));
            set(to, firstIndex + half + i, StrictMath.cos(angle));
        }
        if (width % 2 == 1) {
            set(to, firstIndex + width - 1, 0);
        }
    }

    private static void set(MemorySegment to, long index, double value) {
        to.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
    }
}
