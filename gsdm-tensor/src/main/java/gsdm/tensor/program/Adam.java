package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One step of Adam (Kingma, Ba 2015) on whole blocks of the same layout, with gradients scaled to
 * the step state's clip norm; nothing is written where the step is refused.
 */
public record Adam(Block parameters, Block gradients, Block moment1, Block moment2, Slot state)
        implements Op.Update {
    /** Added to the norm that the clip norm is divided by, as PyTorch's clip_grad_norm_ does. */
    public static final double NORM_EPSILON = 1e-6;

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
        return new Adam(parameters, gradients, moment1, moment2, state.mapped(map));
    }
}
