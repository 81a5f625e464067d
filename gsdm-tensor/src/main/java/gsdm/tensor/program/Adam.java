package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * One step of Adam (Kingma, Ba 2015) on slots of blocks of the same layout, with gradients scaled
 * to the step state's clip norm; nothing is written where the step is refused.
 *
 * @param indices of the slots, in each of the blocks, ascending
 */
public record Adam(
        Block parameters,
        Block gradients,
        Block moment1,
        Block moment2,
        List<Integer> indices,
        Slot state)
        implements Op.Update {
    /** Added to the norm that the clip norm is divided by, as PyTorch's clip_grad_norm_ does. */
    public static final double NORM_EPSILON = 1e-6;

    public Adam {
        indices = List.copyOf(indices);
    }

    /** A step on whole blocks. */
    public Adam(Block parameters, Block gradients, Block moment1, Block moment2, Slot state) {
        this(
                parameters,
                gradients,
                moment1,
                moment2,
                IntStream.range(0, parameters.slots().size()).boxed().toList(),
                state);
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
        return List.of(parameters, gradients, moment1, moment2);
    }

    @Override
    public List<Block> blocksWritten() {
        return List.of(parameters, moment1, moment2);
    }

    @Override
    public Adam withSlots(UnaryOperator<Slot> map) {
        return new Adam(parameters, gradients, moment1, moment2, indices, state.mapped(map));
    }
}
