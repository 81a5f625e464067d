package gsdm.tensor.program;

import java.util.function.UnaryOperator;

/**
 * Which row of a table each node takes, and the same list turned round.
 *
 * @param index [N] int: the row of each node
 * @param pointers [K + 1] int: where the nodes of each row start in {@code members}
 * @param members [N] int: the nodes of row 0, of row 1, ..., ascending
 */
public record Segments(Slot index, Slot pointers, Slot members) {
    Segments withSlots(UnaryOperator<Slot> map) {
        return new Segments(index.mapped(map), pointers.mapped(map), members.mapped(map));
    }
}
