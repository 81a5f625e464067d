package gsdm.tensor.cpu.vector.values;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.RowBlocks;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.EmbedValues;
import gsdm.tensor.program.Extents;

import java.lang.foreign.MemorySegment;

/** out[b, n] = bias + observed[b, n] · observedEmbedding + the weighted values of node n. */
public final class EmbedValuesKernel implements Kernel {
    private final EmbedValues op;
    private final KindTable kinds;
    private final long values;
    private final long observed;
    private final long observedEmbedding;
    private final long out;
    private final int width;
    private RowBlocks blocks = RowBlocks.NONE;
    private int valuesPerExample;
    private long columns; // [total options, C]: the weights turned round

    public EmbedValuesKernel(EmbedValues op, Addresses addresses) {
        this.op = op;
        kinds = new KindTable(op.projections(), addresses);
        values = addresses.of(op.values());
        observed = addresses.of(op.observed());
        observedEmbedding = addresses.of(op.observedEmbedding());
        out = addresses.of(op.out());
        width = op.out().shape().last().size();
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        return 4L * width * kinds.totalOptions();
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        kinds.prepare(extents);
        blocks =
                blocks.resized(
                        extents.of(op.out().shape().dims().get(0)),
                        extents.of(op.out().shape().dims().get(1)));
        valuesPerExample = op.values().shape().columns(extents);
        columns = workspace.address();
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int blocks(int phase) {
        return phase == 0 ? 1 : blocks.count();
    }

    @Override
    public void run(int phase, int block) {
        if (phase == 0) {
            turnWeights();
            return;
        }
        int b = blocks.example(block);
        int option = 0;
        for (int kind = 0; kind < kinds.count(); kind++) {
            int end = kinds.end(kind, blocks.last(block));
            for (int n = kinds.start(kind, blocks.first(block)); n < end; n++) {
                embed(b, n, kind, columns + 4L * width * option);
            }
            option += kinds.options(kind);
        }
    }

    private void turnWeights() {
        long to = columns;
        for (int kind = 0; kind < kinds.count(); kind++) {
            int options = kinds.options(kind);
            for (int option = 0; option < options; option++) {
                for (int c = 0; c < width; c++) {
                    Raw.put(to, Raw.get(kinds.weight(kind) + 4L * ((long) c * options + option)));
                    to += 4;
                }
            }
        }
    }

    private void embed(int b, int n, int kind, long weights) {
        long node = (long) b * blocks.rows() + n;
        long value = values + 4L * ((long) b * valuesPerExample + kinds.value(kind, n));
        long to = out + 4L * width * node;
        Pointwise.multiplyAdd(
                Raw.get(observed + 4L * node), observedEmbedding, kinds.bias(kind), to, width);
        for (int option = 0; option < kinds.options(kind); option++) {
            Pointwise.multiplyAdd(
                    Raw.get(value + 4L * option), weights + 4L * width * option, to, to, width);
        }
    }
}
