package gsdm.tensor.cpu.vector.values;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.PanelSums;
import gsdm.tensor.cpu.vector.core.ColumnSums;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.EmbedValues;
import gsdm.tensor.program.Extents;

import java.lang.foreign.MemorySegment;

/**
 * Sums of dOut over rows: by kind for its bias, weighted by values for its weight, by what is
 * observed for the observed embedding. Runs of rows are summed first, then the runs.
 */
public final class EmbedValuesGradientKernel implements Kernel {
    private final EmbedValues.Gradient op;
    private final KindTable kinds;
    private final long values;
    private final long observed;
    private final long dOut;
    private final long dObservedEmbedding;
    private final int width;
    private final PanelSums
            panels; // [1 + kinds + options, C]: observed, then bias and options of each
    private int valuesPerExample;

    public EmbedValuesGradientKernel(EmbedValues.Gradient op, Addresses addresses) {
        this.op = op;
        kinds = new KindTable(op.dProjections(), addresses);
        values = addresses.of(op.embed().values());
        observed = addresses.of(op.embed().observed());
        dOut = addresses.of(op.dOut());
        dObservedEmbedding = addresses.of(op.dObservedEmbedding());
        width = op.dOut().shape().last().size();
        panels = new PanelSums(4L * width * (1 + kinds.count() + kinds.totalOptions()));
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        return panels.resize(op.dOut(), reserve);
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        long _ = panels.resize(op.dOut(), extents);
        panels.place(workspace.address());
        kinds.prepare(extents);
        valuesPerExample = op.embed().values().shape().columns(extents);
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int blocks(int phase) {
        return panels.blocks(phase);
    }

    @Override
    public void run(int phase, int block) {
        if (phase == 0) {
            sumPanel(block);
        } else {
            deliver(panels.total());
        }
    }

    private void sumPanel(int block) {
        int first = panels.first(block);
        int last = panels.last(block);
        long row = panels.row(block, first);
        long to = panels.cleared(block);
        ColumnSums.addWeighted(
                dOut + 4L * width * row, last - first, width, observed + 4L * row, 4, to);
        long example = (long) panels.example(block) * valuesPerExample;
        for (int kind = 0; kind < kinds.count(); kind++) {
            int options = kinds.options(kind);
            int start = kinds.start(kind, first);
            int rows = Math.max(0, kinds.end(kind, last) - start);
            long from = dOut + 4L * width * panels.row(block, start);
            long value = values + 4L * (example + kinds.value(kind, start));
            to += 4L * width;
            ColumnSums.add(from, rows, width, to);
            for (int option = 0; option < options; option++) {
                to += 4L * width;
                ColumnSums.addWeighted(from, rows, width, value + 4L * option, 4 * options, to);
            }
        }
    }

    private void deliver(long total) {
        long rowBytes = 4L * width;
        long from = total;
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
