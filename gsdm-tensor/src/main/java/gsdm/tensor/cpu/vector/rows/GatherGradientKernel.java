package gsdm.tensor.cpu.vector.rows;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.RowBlocks;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Gather;

import java.lang.foreign.MemorySegment;

/** dTable[k] = the sum of dOut[n] over the nodes of row k, by rows of the table. */
public final class GatherGradientKernel implements Kernel {
    private final Gather.Gradient op;
    private final long dOut;
    private final long pointers;
    private final long members;
    private final long dTable;
    private final int width;
    private int nodes;
    private RowBlocks blocks = RowBlocks.NONE;

    public GatherGradientKernel(Gather.Gradient op, Addresses addresses) {
        this.op = op;
        dOut = addresses.of(op.dOut());
        pointers = addresses.of(op.segments().pointers());
        members = addresses.of(op.segments().members());
        dTable = addresses.of(op.dTable());
        width = op.dOut().shape().last().size();
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        nodes = op.dOut().shape().rows(extents);
        blocks = blocks.resized(1, op.dTable().shape().rows(extents));
    }

    @Override
    public int blocks(int phase) {
        return blocks.count();
    }

    @Override
    public void run(int phase, int block) {
        for (int k = blocks.first(block); k < blocks.last(block); k++) {
            SegmentSums.ofMembers(
                    dOut,
                    1,
                    nodes,
                    width,
                    members,
                    Raw.getInt(pointers + 4L * k),
                    Raw.getInt(pointers + 4L * (k + 1)),
                    dTable + 4L * width * k);
        }
    }
}
