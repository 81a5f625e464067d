package gsdm.tensor.program;

import java.util.List;

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
}
