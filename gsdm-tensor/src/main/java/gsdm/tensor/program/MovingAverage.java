package gsdm.tensor.program;

import java.util.List;

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
}
