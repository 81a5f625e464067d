package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Sums the squares of all gradients into the step state, and sets its REFUSED flag where the sum is
 * not finite (told from the bits of its exponent).
 *
 * @param state [{@link StepState#SIZE}]
 */
public record SquaredNorm(Block gradients, Slot state) implements Op.Update {
    @Override
    public List<Slot> inputs() {
        return List.of();
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(state);
    }

    @Override
    public List<Block> blocksRead() {
        return List.of(gradients);
    }

    @Override
    public SquaredNorm withSlots(UnaryOperator<Slot> map) {
        return new SquaredNorm(gradients, state.mapped(map));
    }
}
