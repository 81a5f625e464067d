package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.vector.core.NormRows;
import gsdm.tensor.cpu.vector.core.Silu;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Norm;

/**
 * A norm in the steps that kernels share: {@link #sum} of all chunks and {@link #merge} of all
 * examples, if it is one over nodes, then {@link #normalise}.
 */
interface Normaliser {
    /** Bytes that {@link #activate} works in. */
    int SCRATCH_BYTES = Math.max(NormRows.BUFFER_BYTES, Silu.BUFFER_BYTES);

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

    /** Whether a node's mean and variance wait for all nodes. */
    boolean overNodes();

    /** What is known from one chunk, any time before its example is merged. */
    default void sum(int chunk) {
        throw new UnsupportedOperationException("nothing to sum");
    }

    /** The statistics of one example. */
    default void merge(int example) {
        throw new UnsupportedOperationException("nothing to merge");
    }

    /**
     * out = gamma·n + beta, without SiLU, for {@code count} rows from row {@code first} of the
     * batch on.
     *
     * @param x [count, C]: those rows
     * @param buffer {@link gsdm.tensor.cpu.vector.core.NormRows#BUFFER_BYTES} to work in
     * @param out [count, C]
     */
    void normalise(int first, int count, long x, long buffer, long out);

    /**
     * The same with SiLU where {@code op}, this norm, has it.
     *
     * @param scratch {@link #SCRATCH_BYTES} to work in
     */
    default void activate(Norm op, int first, int count, long x, long scratch, long out) {
        normalise(first, count, x, scratch, out);
        if (op.silu()) {
            Silu.forward(out, out, count * op.x().shape().last().size(), scratch);
        }
    }
}
