package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What the definitions of nodes say of noised values. Every node gets an estimate of its clean
 * value, its posterior mean given its own noised value alone: of z_t = signal·z + level·ε, signal²
 * + level² = 1, with a standard normal z, signal·z_t; of a category, one-hot and uniform, its mean.
 * Of an observed node it is the value. With e the estimate of a node, f what its definition gives
 * at the estimates, and both in the scaled units of its array, the node gets three numbers: the
 * residual r = e − f (0 without a definition); what the definitions that read it ask it to move by,
 * Σ r·J / (1 + Σ J²) over their reads of it with derivatives J, the step of Gauss and Newton along
 * this node alone, damped by 1 (Levenberg 1944, Marquardt 1963), which hardly grows with the number
 * of readers once they determine the node; and f (0 without one).
 *
 * <p>Each is bounded smoothly, x / √(1 + (x / {@value #BOUND})²); infinities become ±{@value
 * #BOUND}, and what is no number 0. Array a has features 3·a, 3·a + 1 and 3·a + 2; the others of
 * its nodes are 0, so a linear layer of them is one of each array.
 *
 * @param values [B, X] noised, in scaled units; observed ones clean
 * @param observed [B, N]: 1 where a node is observed, else 0
 * @param levels [B, 2]: the level of noise, and the signal
 * @param scales [A, 2]: mean and factor of each array, see {@link Standardise}
 * @param bounds [A + 1] int: where each array's values start, and the end
 * @param estimates [B, N], in the model's units
 * @param results [B, T]: what each instruction gives; in the end, of one that reads, the node's
 *     residual
 * @param derivatives [B, T]: of the node's definition, in its scaled units, by each instruction
 * @param out [B, N, 3·A]
 */
public record Residuals(
        Slot values,
        Slot observed,
        Slot levels,
        List<NodeKind> kinds,
        Slot scales,
        Slot bounds,
        Definitions definitions,
        Slot estimates,
        Slot results,
        Slot derivatives,
        Slot out)
        implements Op.Source {
    /** Features of a node. */
    public static final int FEATURES = 3;

    /** What no feature exceeds. */
    public static final int BOUND = 8;

    @Override
    public List<Slot> inputs() {
        List<Slot> slots = new ArrayList<>(List.of(values, observed, levels, scales, bounds));
        slots.addAll(definitions.slots());
        return slots;
    }

    @Override
    public List<Slot> outputs() {
        return List.of(out, estimates, results, derivatives);
    }

    @Override
    public Residuals withSlots(UnaryOperator<Slot> map) {
        return new Residuals(
                values.mapped(map),
                observed.mapped(map),
                levels.mapped(map),
                kinds,
                scales.mapped(map),
                bounds.mapped(map),
                definitions.withSlots(map),
                estimates.mapped(map),
                results.mapped(map),
                derivatives.mapped(map),
                out.mapped(map));
    }
}
