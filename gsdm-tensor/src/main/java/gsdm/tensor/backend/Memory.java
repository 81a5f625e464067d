package gsdm.tensor.backend;

import gsdm.tensor.program.Block;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;

/**
 * Memory of blocks that outlive a run, zero at first, owned by the {@link Backend} that allocated
 * it: where that computes elsewhere, what is handed out here is a copy, and each way to ask for it
 * says what has to move. Whoever allocates it closes it.
 *
 * <p>A segment is as large as was reserved; at a run's sizes the tensor is the first part of it,
 * and no more than that has to move. What is written moves before the next run of a program that
 * names its block, at that run's sizes, and is written anew for a run at larger ones. So a segment
 * is asked for again at each step: what is written to one that was asked for before the last run
 * may not arrive, and what was read from it may be out of date. Asking allocates nothing after the
 * first time. For one thread at a time, and not during a run.
 */
public interface Memory extends AutoCloseable {
    /**
     * A slot that is going to be overwritten, at least the part that the next run reads.
     *
     * @throws IllegalStateException if this is closed
     */
    MemorySegment write(Slot slot);

    /** All slots of a block, each to be overwritten, one after the other with padding between. */
    MemorySegment write(Block block);

    /** What a slot holds, not to be written. */
    MemorySegment read(Slot slot);

    /** What a block holds, padding between slots included; not to be written. */
    MemorySegment read(Block block);

    /** What a slot holds, of which some is going to be overwritten. */
    MemorySegment map(Slot slot);

    /** Copies a block to one of the same layout; both are held here. */
    void copy(Block from, Block to);

    /**
     * Keeps this open while something works on it; see {@link Lifetime#use}.
     *
     * @throws IllegalStateException if this is closed
     */
    Lifetime.Use use();

    /** Whether this has not been closed. */
    boolean isOpen();

    /** Bytes of its own blocks where programs run, not of its parents'. */
    long bytes();

    /**
     * Ends its use, once the runs in progress over it have ended; executables compiled over it do
     * not run any more then. What it took is freed when the last memory is closed that was
     * allocated on top of it.
     *
     * @throws IllegalStateException if this thread is working on it
     */
    @Override
    void close();
}
