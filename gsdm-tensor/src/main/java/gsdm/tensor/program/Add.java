package gsdm.tensor.program;

import java.util.List;

/** out = a + b, element by element. */
public record Add(Slot a, Slot b, Slot out) implements Op.Forward {
    @Override
    public List<Slot> inputs() {
        return Operands.of(a, b);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public Slot inPlace() {
        return a;
    }
}
