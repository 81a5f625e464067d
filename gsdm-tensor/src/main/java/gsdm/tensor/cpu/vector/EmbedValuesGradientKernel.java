package gsdm.tensor.cpu.vector;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;

import java.lang.foreign.MemorySegment;

/**
 * Sums of dOut over rows: by kind for its bias, weighted by values for its weight, by what is
 * observed for the observed embedding. Runs of rows are summed first, then the runs.
 */
final class EmbedValuesGradientKernel implements Kernel {
    /** Most runs that the rows of one example are cut into. */
    private static final int MOST_PANELS = 16;

    private static final int LEAST_ROWS = 256;

    private final Op.EmbedValuesGradient op;
    private final KindTable kinds;
    private final long values;
    private final long observed;
    private final long dOut;
    private final long dObservedEmbedding;
    private final int width;
    private final int
            sums; // rows of a partial result: observed, then bias and options of each kind
    private int examples;
    private int nodes;
    private int panels;
    private int valuesPerExample;
    private long partials; // [examples, panels, sums, C]

    EmbedValuesGradientKernel(Op.EmbedValuesGradient op, Addresses addresses) {
        this.op = op;
        kinds = new KindTable(op.dProjections(), addresses);
        values = addresses.of(op.embed().values());
        observed = addresses.of(op.embed().observed());
        dOut = addresses.of(op.dOut());
        dObservedEmbedding = addresses.of(op.dObservedEmbedding());
        width = op.dOut().shape().last().size();
        sums = 1 + kinds.count() + kinds.totalOptions();
    }

    private void size(Extents extents) {
        examples = extents.of(op.dOut().shape().dims().get(0));
        nodes = extents.of(op.dOut().shape().dims().get(1));
        panels = Math.clamp(Math.ceilDiv(nodes, LEAST_ROWS), 1, MOST_PANELS);
        valuesPerExample = op.embed().values().shape().columns(extents);
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        return 4L * width * sums * examples * panels;
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        kinds.prepare(extents);
        partials = workspace.address();
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int blocks(int phase) {
        return phase == 0 ? examples * panels : 1;
    }

    @Override
    public void run(int phase, int block) {
        if (phase == 0) {
            sumPanel(block);
        } else {
            for (int part = 1; part < examples * panels; part++) {
                Pointwise.add(
                        partials,
                        partials + 4L * width * sums * part,
                        partials,
                        Math.multiplyExact(width, sums));
            }
            deliver();
        }
    }

    private void sumPanel(int block) {
        int b = block / panels;
        int panel = block % panels;
        int first = (int) ((long) nodes * panel / panels);
        int last = (int) ((long) nodes * (panel + 1) / panels);
        long to = partials + 4L * width * sums * block;
        Raw.clear(to, 4L * width * sums);
        long node = (long) b * nodes;
        ColumnSums.addWeighted(
                dOut + 4L * width * (node + first),
                last - first,
                width,
                observed + 4L * (node + first),
                4,
                to);
        for (int kind = 0; kind < kinds.count(); kind++) {
            int options = kinds.options(kind);
            int start = kinds.start(kind, first);
            int rows = Math.max(0, kinds.end(kind, last) - start);
            long from = dOut + 4L * width * (node + start);
            long value = values + 4L * ((long) b * valuesPerExample + kinds.value(kind, start));
            to += 4L * width;
            ColumnSums.add(from, rows, width, to);
            for (int option = 0; option < options; option++) {
                to += 4L * width;
                ColumnSums.addWeighted(from, rows, width, value + 4L * option, 4 * options, to);
            }
        }
    }

    private void deliver() {
        long rowBytes = 4L * width;
        long from = partials;
        Raw.copy(from, dObservedEmbedding, rowBytes);
        for (int kind = 0; kind < kinds.count(); kind++) {
            int options = kinds.options(kind);
            from += rowBytes;
            Raw.copy(from, kinds.bias(kind), rowBytes);
            for (int option = 0; option < options; option++) {
                from += rowBytes;
                for (int c = 0; c < width; c++) {
                    Raw.put(
                            kinds.weight(kind) + 4L * ((long) c * options + option),
                            Raw.get(from + 4L * c));
                }
            }
        }
    }
}
