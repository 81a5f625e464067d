package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A weighted sum for each example, but for some nodes: out[b, x] = Σ_k coefficients[b, k] ·
 * operands_k[b, x], and held[b, x] where the node of x is observed, or discrete if such are held.
 * Noising, the target of a prediction, the clean value of one and a step back in time are such
 * sums. Single precision: each product is rounded, and each sum, in the order of the operands.
 *
 * @param operands K of [B, X]
 * @param coefficients [B, K]
 * @param held [B, X], or NONE: then every value is the sum
 * @param observed [B, N]: 1 where a node is observed, else 0; NONE if observed nodes are as others
 * @param discreteHeld whether values of discrete nodes are held
 * @param kinds the kinds of nodes, in order
 * @param out [B, X]
 */
public record Blend(
        List<Slot> operands,
        Slot coefficients,
        Slot held,
        Slot observed,
        boolean discreteHeld,
        List<NodeKind> kinds,
        Slot out)
        implements Op.Source {
    public Blend {
        operands = List.copyOf(operands);
        require(!operands.isEmpty(), "a blend takes one operand or more; found none for %s", out);
        require(
                held.present() == (observed.present() || discreteHeld),
                "values are held where nodes are observed or discrete; found held %s, observed %s",
                held,
                observed);
    }

    @Override
    public List<Slot> inputs() {
        List<Slot> slots = new ArrayList<>(operands);
        slots.addAll(Operands.of(coefficients, held, observed));
        return slots;
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public Blend withSlots(UnaryOperator<Slot> map) {
        return new Blend(
                operands.stream().map(o -> o.mapped(map)).toList(),
                coefficients.mapped(map),
                held.mapped(map),
                observed.mapped(map),
                discreteHeld,
                kinds,
                out.mapped(map));
    }

    /** The first operand, unless it is read again after the first product has been written. */
    @Override
    public Slot inPlace() {
        Slot first = operands.getFirst();
        boolean again = first.equals(held) || operands.lastIndexOf(first) > 0;
        return again ? Slot.NONE : first;
    }
}
