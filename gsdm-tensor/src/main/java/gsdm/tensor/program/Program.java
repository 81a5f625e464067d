package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.List;

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
        return new Program(name, inParts(ops), scratch);
    }

    static List<Op> inParts(List<Op> ops) {
        List<Op> parts = new ArrayList<>();
        for (Op op : ops) {
            if (op instanceof Op.Composite composite) {
                parts.addAll(composite.parts());
            } else {
                parts.add(op);
            }
        }
        return parts;
    }
}
