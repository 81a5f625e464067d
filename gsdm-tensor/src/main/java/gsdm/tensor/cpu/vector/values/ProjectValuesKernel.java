package gsdm.tensor.cpu.vector.values;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.RowBlocks;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.ProjectValues;

import java.lang.foreign.MemorySegment;

/** The values of node n: weight · x[b, n] + bias of the node's kind. */
public final class ProjectValuesKernel implements Kernel {
    private final ProjectValues op;
    private final KindTable kinds;
    private final long x;
    private final long out;
    private final int width;
    private RowBlocks blocks = RowBlocks.NONE;
    private int valuesPerExample;
    private long lanes; // [blocks, a vector]

    public ProjectValuesKernel(ProjectValues op, Addresses addresses) {
        this.op = op;
        kinds = new KindTable(op.projections(), addresses);
        x = addresses.of(op.x());
        out = addresses.of(op.out());
        width = op.x().shape().last().size();
    }

    private void size(Extents extents) {
        blocks =
                blocks.resized(
                        extents.of(op.x().shape().dims().get(0)),
                        extents.of(op.x().shape().dims().get(1)));
        valuesPerExample = op.out().shape().columns(extents);
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        return (long) Lanes.BYTES * blocks.count();
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        kinds.prepare(extents);
        lanes = workspace.address();
    }

    @Override
    public int blocks(int phase) {
        return blocks.count();
    }

    @Override
    public void run(int phase, int block) {
        int b = blocks.example(block);
        long own = lanes + (long) Lanes.BYTES * block;
        for (int kind = 0; kind < kinds.count(); kind++) {
            int options = kinds.options(kind);
            int end = kinds.end(kind, blocks.last(block));
            for (int n = kinds.start(kind, blocks.first(block)); n < end; n++) {
                long row = x + 4L * width * ((long) b * blocks.rows() + n);
                long to = out + 4L * ((long) b * valuesPerExample + kinds.value(kind, n));
                for (int option = 0; option < options; option++) {
                    long weight = kinds.weight(kind) + 4L * width * option;
                    float bias = Raw.get(kinds.bias(kind) + 4L * option);
                    Raw.put(to + 4L * option, bias + Pointwise.dot(row, weight, width, own));
                }
            }
        }
    }
}
