package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * average = decay·average + (1 − decay)·parameters; nothing is written where the step is refused.
 */
public record MovingAverage(Block average, Block parameters, Slot state) implements Op.Update {
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
        return List.of(average, parameters);
    }

    @Override
    public List<Block> blocksWritten() {
        return List.of(average);
    }

    @Override
    public MovingAverage withSlots(UnaryOperator<Slot> map) {
        return new MovingAverage(average, parameters, state.mapped(map));
    }
}
