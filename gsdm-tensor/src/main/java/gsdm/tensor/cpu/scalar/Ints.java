package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Integers in memory, by index; an index outside throws. */
record Ints(MemorySegment segment) {
    static Ints of(Slot slot, Addresses addresses) {
        return new Ints(slot.present() ? addresses.segment(slot) : MemorySegment.NULL);
    }

    int get(long index) {
        return segment.getAtIndex(ValueLayout.JAVA_INT, index);
    }

    /** Two integers from {@code index} on as one: the low half, then the high half. */
    long getLong(long index) {
        return Integer.toUnsignedLong(get(index)) | (long) get(index + 1) << Integer.SIZE;
    }
}
