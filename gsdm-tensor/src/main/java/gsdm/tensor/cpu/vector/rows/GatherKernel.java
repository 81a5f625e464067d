package gsdm.tensor.cpu.vector.rows;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.RowBlocks;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Gather;

import java.lang.foreign.MemorySegment;

/** out[n] = table[index[n]] + add[n]. */
public final class GatherKernel implements Kernel {
    private final Gather op;
    private final long table;
    private final long index;
    private final long add;
    private final long out;
    private final int width;
    private RowBlocks blocks = RowBlocks.NONE;

    public GatherKernel(Gather op, Addresses addresses) {
        this.op = op;
        table = addresses.of(op.table());
        index = addresses.of(op.segments().index());
        add = op.add().present() ? addresses.of(op.add()) : 0;
        out = addresses.of(op.out());
        width = op.out().shape().last().size();
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        blocks = blocks.resized(1, op.out().shape().rows(extents));
    }

    @Override
    public int blocks(int phase) {
        return blocks.count();
    }

    @Override
    public void run(int phase, int block) {
        long row = 4L * width;
        for (int n = blocks.first(block); n < blocks.last(block); n++) {
            long entry = table + Raw.getInt(index + 4L * n) * row;
            if (add == 0) {
                Raw.copy(entry, out + n * row, row);
            } else {
                Pointwise.add(entry, add + n * row, out + n * row, width);
            }
        }
    }
}
