package gsdm.tensor.program;

import static gsdm.tensor.program.Shapes.require;
import static gsdm.tensor.program.Shapes.requireShape;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * How nodes are functions of others: for each a list of {@linkplain Code instructions}, the last of
 * which gives its value; empty for a node that is no function. Each instruction's result is taken
 * by one later instruction of the list, the last one's by none. T instructions and R reads in all.
 *
 * @param pointers [N + 1] int: node n has instructions pointers[n] .. pointers[n + 1] − 1
 * @param codes [T] int: the ordinal of each instruction's code
 * @param operands [T] int: the node a READ reads; the left operand of a function of two, counted
 *     from the node's first instruction; else 0. The one operand, or the right one, is the
 *     instruction before
 * @param constants [T]: the number of a CONSTANT; else 0
 * @param readPointers [N + 1] int: where the reads of each node start in {@code reads}
 * @param reads [R] int: the instructions that read node 0, that read node 1, ..., ascending
 */
public record Definitions(
        Slot pointers, Slot codes, Slot operands, Slot constants, Slot readPointers, Slot reads) {
    /** What an instruction does; at ties, relu and max take the left, or 0. */
    public enum Code {
        READ,
        CONSTANT,
        RELU,
        TANH,
        EXP,
        PLUS,
        MINUS,
        TIMES,
        MAX;

        private static final List<Code> ALL = List.of(values());

        /** The code of that ordinal. */
        public static Code of(int ordinal) {
            return ALL.get(ordinal);
        }

        /** The last code of as many operands or fewer: 0, 1 or 2. */
        public static Code last(int operands) {
            return operands == 0 ? CONSTANT : operands == 1 ? EXP : MAX;
        }
    }

    public Definitions {
        Dim instructions = codes.shape().last();
        require(pointers.shape().rank() == 1, "pointers [N + 1] expected; found %s", pointers);
        requireShape(operands, instructions);
        requireShape(constants, instructions);
        requireShape(readPointers, pointers.shape().last());
    }

    /** All of them. */
    List<Slot> slots() {
        return List.of(pointers, codes, operands, constants, readPointers, reads);
    }

    Definitions withSlots(UnaryOperator<Slot> map) {
        return new Definitions(
                pointers.mapped(map),
                codes.mapped(map),
                operands.mapped(map),
                constants.mapped(map),
                readPointers.mapped(map),
                reads.mapped(map));
    }
}
