package gsdm.tensor.program;

/**
 * How many floating-point operations a program is: those of its matrix products and of its
 * attention, a multiplication and an addition each counting one. What is bound by memory (norms,
 * activations, updates) is not counted, so a rate from these figures can be set beside a machine's
 * peak of fused multiply-adds.
 */
public final class Work {
    /** Score and weighted sum; backward: the score again, and the gradients of all four. */
    private static final long ATTENTION = 2;

    private static final long ATTENTION_GRADIENT = 5;

    private Work() {}

    /** The operations of one run at these sizes. */
    public static long flops(Program program, Extents sizes) {
        return program.ops().stream().mapToLong(op -> flops(op, sizes)).sum();
    }

    /** The operations of the matrix products alone. */
    public static long matmulFlops(Program program, Extents sizes) {
        return program.inParts().ops().stream()
                .filter(op -> !(op instanceof Attention || op instanceof Attention.Gradient))
                .mapToLong(op -> flops(op, sizes))
                .sum();
    }

    private static long flops(Op op, Extents sizes) {
        return switch (op) {
            case MatMul product -> {
                Shape a = product.a().shape();
                long inner = product.transposeA() ? a.rows(sizes) : a.columns(sizes);
                yield 2 * inner * product.out().shape().size(sizes);
            }
            case MatMul.LinearGradient gradient ->
                    2L * gradient.x().shape().rows(sizes) * gradient.dWeight().shape().size(sizes);
            case Op.Composite composite ->
                    composite.parts().stream().mapToLong(part -> flops(part, sizes)).sum();
            case Attention attention -> ATTENTION * products(attention, sizes);
            case Attention.Gradient gradient ->
                    ATTENTION_GRADIENT * products(gradient.attention(), sizes);
            case Muon muon ->
                    muon.matrices().stream()
                            .mapToLong(matrix -> orthogonalised(muon, matrix))
                            .sum();
            default -> 0;
        };
    }

    /** Of the products xᵀ·x, s² and x·(...) of every iteration. */
    private static long orthogonalised(Muon muon, Muon.Matrix matrix) {
        long longer = Math.max(muon.rows(matrix), muon.columns(matrix));
        long shorter = Math.min(muon.rows(matrix), muon.columns(matrix));
        long products = 2 * shorter * shorter * (2 * longer + shorter);
        return matrix.parts() * Muon.ITERATIONS * products;
    }

    /** Of one product over all pairs of nodes that attend, and all channels. */
    private static long products(Attention attention, Extents sizes) {
        Shape out = attention.out().shape();
        long batch = sizes.of(out.dims().getFirst());
        long nodes = sizes.of(out.dims().get(1));
        long pairs =
                switch (attention.neighbours()) {
                    case SPARSE -> attention.pattern().columns().shape().size(sizes);
                    case PADDED -> nodes * sizes.of(attention.pattern().degree());
                    case DENSE -> nodes * nodes;
                };
        return 2 * batch * pairs * out.columns(sizes);
    }
}
