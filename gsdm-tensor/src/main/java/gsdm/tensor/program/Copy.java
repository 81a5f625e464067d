package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/** out = x, element by element, so that a value outlives the run in a block of its own. */
public record Copy(Slot x, Slot out) implements Op.Forward {
    @Override
    public List<Slot> inputs() {
        return Operands.of(x);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public Copy withSlots(UnaryOperator<Slot> map) {
        return new Copy(x.mapped(map), out.mapped(map));
    }
}
