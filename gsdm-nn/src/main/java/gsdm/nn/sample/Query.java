package gsdm.nn.sample;

import gsdm.nn.layout.VariableLayout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Asks for samples: says what is observed of each, where a sampler reads it, and takes the sample
 * where the sampler made it. Called for several examples at a time, by several threads.
 */
public interface Query {
    /**
     * Writes what is observed of a sample, all of the example's entries.
     *
     * @param number of the sample
     * @param example its row
     * @param values [B, X] float: observed values in the model's units, one-hot for discrete nodes;
     *     those of other nodes are finite and not read
     * @param observed [B, N] float: 1 where a node is observed, else 0
     */
    void observe(long number, int example, MemorySegment values, MemorySegment observed);

    /**
     * Takes a sample.
     *
     * @param number of the sample
     * @param example its row
     * @param values [B, X] float in the model's units, observed ones as they were given
     * @param observed [B, N] float: as it was given
     */
    void take(long number, int example, MemorySegment values, MemorySegment observed);

    /**
     * A query whose answers take the place of what was not observed.
     *
     * @param first the number of the first sample
     * @param observed [count, N] float: 1 where a node is observed, else 0
     * @param values [count, X] float: observed values are read, the others written
     */
    static Query of(
            VariableLayout layout, long first, MemorySegment observed, MemorySegment values) {
        long nodes = layout.nodes() * ValueLayout.JAVA_FLOAT.byteSize();
        long numbers = layout.values() * ValueLayout.JAVA_FLOAT.byteSize();
        return new Query() {
            @Override
            public void observe(
                    long number, int example, MemorySegment known, MemorySegment flags) {
                long from = number - first;
                MemorySegment.copy(values, numbers * from, known, numbers * example, numbers);
                MemorySegment.copy(observed, nodes * from, flags, nodes * example, nodes);
            }

            @Override
            public void take(long number, int example, MemorySegment samples, MemorySegment flags) {
                long to = number - first;
                MemorySegment.copy(samples, numbers * example, values, numbers * to, numbers);
            }
        };
    }
}
