package gsdm.tensor.cpu;

import gsdm.tensor.program.Block;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;

/** Where slots and blocks lie once a program is bound to memory. */
public interface Addresses {
    /** A slot, at its largest size. */
    MemorySegment segment(Slot slot);

    /** A whole block. */
    MemorySegment segment(Block block);

    /** The bytes of a whole block. */
    long bytes(Block block);

    /** The address of a slot's first element. */
    default long of(Slot slot) {
        return segment(slot).address();
    }
}
