package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A projection of the values of a kind of nodes to channels, or back.
 *
 * @param weight [C, options] into channels, [options, C] out of them
 * @param bias [C] or [options]
 */
public record Projection(NodeKind kind, Slot weight, Slot bias) {
    /** The kinds projected, in order. */
    public static List<NodeKind> kinds(List<Projection> projections) {
        return projections.stream().map(Projection::kind).toList();
    }

    /** The weights and biases of all kinds, in order. */
    static List<Slot> parameters(List<Projection> projections) {
        List<Slot> slots = new ArrayList<>();
        for (Projection projection : projections) {
            slots.addAll(Operands.of(projection.weight(), projection.bias()));
        }
        return slots;
    }

    /** The same kinds with other weights and biases. */
    static List<Projection> mapped(List<Projection> projections, UnaryOperator<Slot> map) {
        return projections.stream()
                .map(p -> new Projection(p.kind, p.weight.mapped(map), p.bias.mapped(map)))
                .toList();
    }
}
