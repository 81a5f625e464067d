package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One step of Muon (Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks")
 * on matrices, slots of blocks of the same layout, with gradients scaled to the step state's clip
 * norm; nothing is written where the step is refused.
 *
 * <p>With μ the step state's momentum and g the scaled gradient, momentum = μ·momentum + (1 − μ)·g,
 * and the direction is Nesterov's, x = μ·momentum + (1 − μ)·g. It is made near orthogonal, which
 * moves all singular directions alike: x / (‖x‖ + {@link #NORM_EPSILON}), then {@link #ITERATIONS}
 * times the Newton-Schulz step x ← a·x + x·(b·s + c·s²) with s = xᵀ·x, or the same from the left
 * where x has fewer rows than columns. Singular values end near 1, between 0.68 and 1.14 if they
 * were not far below a hundredth of the norm; those of 0 stay 0. Then parameters −= learning rate ·
 * {@link #scale} · x.
 *
 * @param momentum where the gradients' running mean is kept
 * @param matrices which slots, and how they are made of matrices
 */
public record Muon(
        Block parameters, Block gradients, Block momentum, List<Matrix> matrices, Slot state)
        implements Op.Update {
    /** Steps of Newton and Schulz. */
    public static final int ITERATIONS = 5;

    /** a, of x: chosen by Jordan for the fastest growth of small singular values. */
    public static final double LINEAR = 3.4445;

    /** b, of x·s. */
    public static final double CUBIC = -4.7750;

    /** c, of x·s². */
    public static final double QUINTIC = 2.0315;

    /** Added to the norm that a direction is divided by: no gradient moves nothing. */
    public static final double NORM_EPSILON = 1e-7;

    /**
     * The root mean square of Adam's steps in units of the learning rate, which steps of matrices
     * are scaled to so that one learning rate serves both (Liu et al. 2025, "Muon is scalable for
     * LLM training", section 2.2).
     */
    public static final double ADAM_RMS = 0.2;

    /**
     * A slot [R, K] of one matrix or of several of [R / parts, K] below each other.
     *
     * @param index of the slot, in each of the blocks
     * @param parts how many matrices it is: queries, keys and values side by side are three
     */
    public record Matrix(int index, int parts) {}

    public Muon {
        matrices = List.copyOf(matrices);
        for (Matrix matrix : matrices) {
            Slot slot = parameters.slots().get(matrix.index);
            require(
                    slot.shape().rank() == 2
                            && slot.shape().dims().stream().allMatch(Dim::fixed)
                            && matrix.parts > 0
                            && slot.shape().dims().getFirst().size() % matrix.parts == 0,
                    "a matrix whose rows are a multiple of %d expected; found %s",
                    matrix.parts,
                    slot);
        }
    }

    /** R, the rows of each matrix of a slot. */
    public int rows(Matrix matrix) {
        return shape(matrix).dims().getFirst().size() / matrix.parts;
    }

    /** K, the columns of each matrix of a slot. */
    public int columns(Matrix matrix) {
        return shape(matrix).last().size();
    }

    private Shape shape(Matrix matrix) {
        return parameters.slots().get(matrix.index).shape();
    }

    /** What a near orthogonal [rows, columns] is multiplied by to have {@link #ADAM_RMS}. */
    public static double scale(int rows, int columns) {
        return ADAM_RMS * Math.sqrt(Math.max(rows, columns));
    }

    @Override
    public List<Slot> inputs() {
        return Operands.of(state);
    }

    @Override
    public List<Slot> outputs() {
        return List.of();
    }

    @Override
    public List<Block> blocksRead() {
        return List.of(parameters, gradients, momentum);
    }

    @Override
    public List<Block> blocksWritten() {
        return List.of(parameters, momentum);
    }

    @Override
    public Muon withSlots(UnaryOperator<Slot> map) {
        return new Muon(parameters, gradients, momentum, matrices, state.mapped(map));
    }
}
