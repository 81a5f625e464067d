package gsdm.tensor.cpu.vector.rows;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.RowBlocks;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.AddRows;
import gsdm.tensor.program.Extents;

import java.lang.foreign.MemorySegment;

/** out[b, n] = x[b, n] + example[b] + table[index[n]]. */
public final class AddRowsKernel implements Kernel {
    private final AddRows op;
    private final long x;
    private final long example;
    private final long table;
    private final long index;
    private final long out;
    private final int width;
    private RowBlocks blocks = RowBlocks.NONE;

    public AddRowsKernel(AddRows op, Addresses addresses) {
        this.op = op;
        x = addresses.of(op.x());
        example = addresses.of(op.example());
        table = addresses.of(op.table());
        index = addresses.of(op.segments().index());
        out = addresses.of(op.out());
        width = op.x().shape().last().size();
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        blocks =
                blocks.resized(
                        extents.of(op.x().shape().dims().get(0)),
                        extents.of(op.x().shape().dims().get(1)));
    }

    @Override
    public int blocks(int phase) {
        return blocks.count();
    }

    @Override
    public void run(int phase, int block) {
        int b = blocks.example(block);
        long row = 4L * width;
        long start = (long) b * blocks.rows();
        for (int n = blocks.first(block); n < blocks.last(block); n++) {
            long at = (start + n) * row;
            long entry = table + Raw.getInt(index + 4L * n) * row;
            Pointwise.add(x + at, example + b * row, entry, out + at, width);
        }
    }
}
