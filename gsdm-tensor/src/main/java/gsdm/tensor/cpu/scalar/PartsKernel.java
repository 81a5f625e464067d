package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.program.Extents;

import java.lang.foreign.MemorySegment;

/** A kernel of parts that run one after the other. */
final class PartsKernel implements Kernel {
    /** The items of a part are shared out in at most this many blocks, whatever the threads. */
    static final int BLOCKS = 64;

    private final Part[] parts;
    private final int[] items;

    PartsKernel(Part... parts) {
        this.parts = parts;
        this.items = new int[parts.length];
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        for (int i = 0; i < parts.length; i++) {
            items[i] = parts[i].prepare(extents);
        }
    }

    @Override
    public int phases() {
        return parts.length;
    }

    @Override
    public int blocks(int phase) {
        return Math.min(items[phase], BLOCKS);
    }

    @Override
    public void run(int phase, int block) {
        long count = items[phase];
        int end = (int) (count * (block + 1) / blocks(phase));
        for (int item = (int) (count * block / blocks(phase)); item < end; item++) {
            parts[phase].compute(item, block);
        }
    }
}
