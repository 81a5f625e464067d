package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Norm;

/**
 * A norm in the steps that kernels share: {@link #sum} of all chunks, then {@link #merge} of all
 * examples, then {@link #normalise}. A norm that looks at one node at a time has none of the first
 * two.
 */
interface Normaliser {
    static Normaliser of(Norm op, Addresses addresses) {
        return switch (op) {
            case GroupNorm norm -> new GroupStatistics(norm, addresses);
            case LayerNorm norm -> new LayerNormaliser(norm, addresses);
        };
    }

    /** Takes the sizes of the coming run. */
    void size(NodeChunks chunks);

    /** Bytes that {@link #place} takes. */
    default long bytes() {
        return 0;
    }

    default void place(long address) {}

    /** How many chunks to sum: all or none. */
    default int sums() {
        return 0;
    }

    /** What is known from one chunk, any time before its example is merged. */
    default void sum(int chunk) {
        throw new UnsupportedOperationException("nothing to sum");
    }

    /** How many examples to merge: all or none. */
    default int merges() {
        return 0;
    }

    /** The statistics of one example. */
    default void merge(int example) {
        throw new UnsupportedOperationException("nothing to merge");
    }

    /**
     * out = gamma·n + beta, without SiLU, for {@code count} rows from row {@code first} of the
     * batch on.
     *
     * @param buffer {@link gsdm.tensor.cpu.vector.core.NormRows#BUFFER_BYTES} to work in
     * @param out [count, C]
     */
    void normalise(int first, int count, long buffer, long out);
}
