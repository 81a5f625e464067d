package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Values in the scaled units of their array a: out[b, x] = (values[b, x] − mean[a])·factor[a], in
 * single precision.
 *
 * @param values [B, X]
 * @param scales [A, 2]: mean and factor of each array
 * @param bounds [A + 1] int: array a has values bounds[a] .. bounds[a + 1] − 1 of each example, the
 *     first and the last bound are 0 and X
 * @param out [B, X]
 */
public record Standardise(Slot values, Slot scales, Slot bounds, Slot out) implements Op.Source {
    @Override
    public List<Slot> inputs() {
        return Operands.of(values, scales, bounds);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public Standardise withSlots(UnaryOperator<Slot> map) {
        return new Standardise(
                values.mapped(map), scales.mapped(map), bounds.mapped(map), out.mapped(map));
    }
}
