package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Ops in the order they run, and the block of temporaries that live no longer than a run.
 *
 * @param name what the program is called in messages
 * @param ops each reads only what blocks hold or what an earlier op wrote
 * @param scratch the slots that a {@link MemoryPlan} places, reusing memory
 */
public record Program(String name, List<Op> ops, Block scratch) {
    public Program {
        ops = List.copyOf(ops);
    }

    /** The same with every composite op replaced by its parts. */
    public Program inParts() {
        return inParts(_ -> false);
    }

    /** The same with composite ops replaced by their parts, but for those that run as one. */
    public Program inParts(Predicate<Op.Composite> asOne) {
        List<Op> parts = new ArrayList<>();
        ops.forEach(op -> addParts(op, asOne, parts));
        return new Program(name, parts, scratch);
    }

    /** Ops with every composite one replaced by its parts. */
    public static List<Op> inParts(List<Op> ops) {
        List<Op> parts = new ArrayList<>();
        ops.forEach(op -> addParts(op, _ -> false, parts));
        return parts;
    }

    private static void addParts(Op op, Predicate<Op.Composite> asOne, List<Op> to) {
        if (op instanceof Op.Composite composite && !asOne.test(composite)) {
            composite.parts().forEach(part -> addParts(part, asOne, to));
        } else {
            to.add(op);
        }
    }
}
