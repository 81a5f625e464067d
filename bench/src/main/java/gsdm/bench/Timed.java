package gsdm.bench;

import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An op to be timed.
 *
 * @param op what is run again and again
 * @param before run once, for what {@code op} reads of their outputs
 * @param flops additions and multiplications of one run; 0 where bytes are the better measure
 * @param bytes read and written by one run if every operand passes once
 */
record Timed(Op op, List<Op> before, double flops, double bytes) {
    /** An op that is bound by its arithmetic. */
    static Timed arithmetic(Op op, double flops, Op... before) {
        return new Timed(op, List.of(before), flops, bytes(op));
    }

    /** An op that is bound by the memory it passes through. */
    static Timed memory(Op op, Op... before) {
        return arithmetic(op, 0, before);
    }

    private static double bytes(Op op) {
        Set<Slot> slots = new HashSet<>(op.inputs());
        double elements = slots.stream().mapToDouble(slot -> slot.shape().size()).sum();
        for (Slot slot : op.outputs()) {
            elements += slot.shape().size();
        }
        return elements * DataType.BYTES;
    }
}
