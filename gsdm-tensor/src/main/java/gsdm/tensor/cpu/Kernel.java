package gsdm.tensor.cpu;

import gsdm.tensor.program.Extents;

import java.lang.foreign.MemorySegment;

/**
 * One op bound to memory. Its phases run in order; the blocks of a phase run in any order on any
 * thread. How work is split depends on shapes and patterns alone, and partial results are merged in
 * a fixed order, so the result is the same bits for any number of threads.
 */
public interface Kernel extends WorkerPool.Work {
    /** Bytes of workspace this op needs at the largest sizes; contents do not outlive the op. */
    default long workspaceBytes(Extents reserve) {
        return 0;
    }

    /**
     * Takes the sizes of the coming run.
     *
     * @param workspace at least {@link #workspaceBytes} large, aligned to 64 bytes
     */
    void prepare(Extents extents, MemorySegment workspace);

    /** The number of phases. */
    default int phases() {
        return 1;
    }

    /** The number of independent blocks of a phase at the sizes prepared for. */
    int blocks(int phase);

    /** Computes one block. */
    @Override
    void run(int phase, int block);
}
