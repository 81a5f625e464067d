package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One operation of a program: a record of slots and fixed choices, never of run-time numbers.
 *
 * <p>Ops are pure and single-assignment: each slot is written by one op at most, and an output may
 * take the memory of an input only where {@link #inPlace()} says that a backend has to cope with
 * it. An operand that is left out is {@link Slot#NONE}.
 *
 * <p>Each forward op is a file, with its gradient beside it. Dimensions in the comments: B batch, N
 * nodes, E edges, C channels, H heads, X values (one for a continuous node, one for each option of
 * a discrete node), K rows of an embedding table.
 */
public sealed interface Op {
    /** The slots this op reads, NONE excluded. */
    List<Slot> inputs();

    /** The slots this op writes, NONE excluded. */
    List<Slot> outputs();

    /**
     * The input whose memory the first output may take if nothing reads the input later; NONE if
     * they must be apart.
     */
    default Slot inPlace() {
        return Slot.NONE;
    }

    /** The blocks this op reads as a whole, besides its inputs. */
    default List<Block> blocksRead() {
        return List.of();
    }

    /** The blocks this op writes as a whole, besides its outputs. */
    default List<Block> blocksWritten() {
        return List.of();
    }

    /**
     * The same op on other slots: it computes the same bits of the same numbers.
     *
     * @param map gives another slot of that type and shape, or the same; asked for every slot the
     *     op names, those that only the parts of a composite op see included, but not for {@link
     *     Slot#NONE}
     * @throws IllegalArgumentException if types or shapes differ
     */
    Op withSlots(UnaryOperator<Slot> map);

    /** What networks and losses are made of; {@link Gradients} knows the adjoint of each. */
    sealed interface Forward extends Op
            permits MatMul,
                    Norm,
                    NormLinear,
                    Activation,
                    Add,
                    Copy,
                    Gather,
                    AddRows,
                    Attention,
                    EmbedValues,
                    ProjectValues,
                    BlockSoftmax,
                    Loss {}

    /** Made by {@link Gradients} of a forward op; has no gradient of its own. */
    sealed interface Adjoint extends Op
            permits MatMul.LinearGradient,
                    Norm.Gradient,
                    NormLinear.Gradient,
                    Activation.Gradient,
                    Gather.Gradient,
                    AddRows.Gradient,
                    Attention.Gradient,
                    EmbedValues.Gradient,
                    ProjectValues.Gradient,
                    BlockSoftmax.Gradient,
                    Loss.Gradient {}

    /** Makes of data and random numbers what networks read, or samples; never differentiated. */
    sealed interface Source extends Op permits Standardise, Normals, Blend, Clamp, Residuals {}

    /** Changes what outlives a step, blocks as a whole; never differentiated. */
    sealed interface Update extends Op permits SquaredNorm, Adam, Muon, MovingAverage {}

    /**
     * Ops that a backend may run as one, so that what passes between them is never in memory. The
     * {@link #parts} say what it computes; a backend that cannot do better runs those. Norms and
     * linear layers are put together as a program is built, the others by {@link Fusion} when it is
     * whole.
     */
    sealed interface Composite extends Op
            permits NormLinear,
                    NormLinear.Gradient,
                    ResidualLayers,
                    ResidualLayers.Gradient,
                    Attention.LayerGradient {
        /** The same as ops of their own, in order; some may be composite in turn. */
        List<Op> parts();
    }
}
