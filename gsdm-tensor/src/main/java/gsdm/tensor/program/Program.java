package gsdm.tensor.program;

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
}
