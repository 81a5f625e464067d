package gsdm.nn.network;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The sinusoidal embeddings of the times of all steps, to be copied example by example. */
public final class TimeTable {
    private static final double BASE = 10_000;

    private final int channels;
    private final float[] table; // [T, C]

    /**
     * A table.
     *
     * @param times [T] the number that each step is embedded by
     * @param channels C, of the network
     */
    public TimeTable(double[] times, int channels) {
        this.channels = channels;
        this.table = new float[Math.multiplyExact(times.length, channels)];
        double[] frequencies = Sinusoid.frequencies(channels, BASE);
        MemorySegment segment = MemorySegment.ofArray(table);
        for (int t = 0; t < times.length; t++) {
            Sinusoid.write(times[t], frequencies, channels, segment, (long) t * channels);
        }
    }

    /**
     * Writes the embedding of one example's time step.
     *
     * @param to [B, C]
     */
    public void write(int t, MemorySegment to, int example) {
        MemorySegment.copy(
                table,
                t * channels,
                to,
                ValueLayout.JAVA_FLOAT,
                (long) example * channels * Float.BYTES,
                channels);
    }
}
