package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

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

    @Override
    public Add withSlots(UnaryOperator<Slot> map) {
        return new Add(a.mapped(map), b.mapped(map), out.mapped(map));
    }
}
