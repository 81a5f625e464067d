package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Norm;

/**
 * The gradient of a norm in the steps that kernels share, with d the gradient by what {@link
 * #normalise} gives: {@link #spread} of all examples; of each chunk {@link #begin}, {@link
 * #normalise} if that is wanted, and {@link #sum}; {@link #merge} of all examples; {@link
 * #backward} of all chunks and {@link #parameters}. Only a norm over all nodes has to spread, and
 * to come back for dX: one that looks at a node at a time has its dX from {@link #sum}.
 */
interface NormGradient {
    static NormGradient of(Norm.Gradient op, Addresses addresses) {
        return switch (op.norm()) {
            case GroupNorm norm -> new GroupGradient(norm, op, addresses);
            case LayerNorm norm -> new LayerGradient(norm, op, addresses);
        };
    }

    /** Takes the sizes of the coming run. */
    void size(NodeChunks chunks);

    /** Bytes that {@link #place} takes. */
    long bytes();

    void place(long address);

    /** Whether dX of a node waits for all nodes: then d is read again by {@link #backward}. */
    boolean overNodes();

    /** What one example's statistics are to its channels. */
    void spread(int example);

    /**
     * Begins a chunk.
     *
     * @param x [nodes, C]: its nodes, here and in the steps that follow
     * @param buffer {@link gsdm.tensor.cpu.vector.core.NormRows#BUFFER_BYTES}, kept for the steps
     *     that follow
     */
    void begin(int chunk, long x, long buffer);

    /** gamma·n + beta, what SiLU was applied to, for the nodes of a chunk: to [nodes, C]. */
    void normalise(int chunk, long x, long buffer, long to);

    /**
     * The sums of a chunk of d, which starts at {@code d}.
     *
     * @param slopes [nodes, C], what d is multiplied by first, in place; or 0
     */
    void sum(int chunk, long x, long d, long slopes, long buffer);

    /** Puts an example's sums together. */
    void merge(int example);

    /** dX of a chunk, from its d, which starts at {@code d}. */
    void backward(int chunk, long d);

    /** dGamma and dBeta, once all examples are merged. */
    void parameters();
}
