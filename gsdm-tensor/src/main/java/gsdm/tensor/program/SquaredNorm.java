package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Sums the squares of all gradients into the step state, and sets its REFUSED flag where the sum or
 * a loss is not finite (told from the bits of its exponent). The losses are looked at here, where
 * they are, so that whoever trains need not fetch them to know.
 *
 * @param losses [A] as {@link Loss} writes them; NONE if only the gradients count
 * @param state [{@link StepState#SIZE}]
 */
public record SquaredNorm(Block gradients, Slot losses, Slot state) implements Op.Update {
    @Override
    public List<Slot> inputs() {
        return Operands.of(losses);
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
        return new SquaredNorm(gradients, losses.mapped(map), state.mapped(map));
    }
}
