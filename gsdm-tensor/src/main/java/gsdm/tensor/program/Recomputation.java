package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Time for memory (Chen et al. 2016, "Training deep nets with sublinear memory cost"): a region of
 * a program is emitted a second time, on other slots, just before its adjoints, which read those.
 * What the region wrote first is then needed by the forward ops alone, and the memory plan gives
 * its place to others; the region's inputs, and outputs that others read, are kept.
 */
final class Recomputation {
    private Recomputation() {}

    /** Appends the ops of a region that its adjoints depend on, then the adjoints. */
    static void append(ProgramBuilder builder, List<Op> region, List<Op> adjoints) {
        Set<Slot> read = new HashSet<>();
        for (Op part : Program.inParts(adjoints)) {
            read.addAll(part.inputs());
        }
        List<Op> again = needed(region, read);
        Map<Slot, Slot> twins = new HashMap<>();
        for (Op part : Program.inParts(again)) {
            for (Slot slot : part.outputs()) {
                twins.put(slot, builder.temporary("again " + slot.name(), slot.shape()));
            }
        }
        for (List<Op> ops : List.of(again, adjoints)) {
            for (Op op : ops) {
                builder.append(op.withSlots(slot -> twins.getOrDefault(slot, slot)));
            }
        }
    }

    /**
     * The ops that what is {@code read} depends on, in order; those parts of a composite op that
     * suffice.
     *
     * @param read what the ops found read is added
     */
    private static List<Op> needed(List<Op> ops, Set<Slot> read) {
        List<Op> needed = new ArrayList<>();
        for (Op op : ops.reversed()) {
            if (op instanceof Op.Composite composite) {
                List<Op> parts = needed(composite.parts(), read);
                needed.addAll(0, parts.equals(composite.parts()) ? List.of(op) : parts);
            } else if (!Collections.disjoint(op.outputs(), read)) {
                needed.addFirst(op);
                read.addAll(op.inputs());
            }
        }
        return needed;
    }
}
