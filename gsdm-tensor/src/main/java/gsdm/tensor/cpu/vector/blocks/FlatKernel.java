package gsdm.tensor.cpu.vector.blocks;

import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.program.Extents;

import java.lang.foreign.MemorySegment;

/** A kernel that treats each element alike: elements are shared out in runs of one length. */
public abstract class FlatKernel implements Kernel {
    /** Elements of a block: a few operands of it fit in the first-level cache. */
    private static final int BLOCK = 8192;

    private long count;

    /** The number of elements at these sizes; 0 to skip the run. */
    protected abstract long count(Extents extents);

    /**
     * Computes {@code elements} elements from {@code at} bytes on, {@code whole} of them by whole
     * vectors.
     */
    protected abstract void compute(long at, int whole, int elements);

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        count = count(extents);
    }

    @Override
    public int blocks(int phase) {
        return Math.toIntExact(Math.ceilDiv(count, BLOCK));
    }

    @Override
    public void run(int phase, int block) {
        long first = (long) block * BLOCK;
        int elements = (int) Math.min(BLOCK, count - first);
        compute(4 * first, Lanes.whole(elements), elements);
    }
}
