package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A run of nodes of the same kind and its projection from or to channels. Kinds follow each other
 * in node order and in value order.
 *
 * @param nodes how many nodes there are of this kind
 * @param options values of a node: 1 for a continuous one
 * @param weight [C, options] into channels, [options, C] out of them
 * @param bias [C] or [options]
 */
public record Projection(Dim nodes, int options, Slot weight, Slot bias) {
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
                .map(kind ->
                        new Projection(
                                kind.nodes,
                                kind.options,
                                kind.weight.mapped(map),
                                kind.bias.mapped(map)))
                .toList();
    }
}
