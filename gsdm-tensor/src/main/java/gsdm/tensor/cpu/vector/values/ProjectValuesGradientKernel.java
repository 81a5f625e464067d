package gsdm.tensor.cpu.vector.values;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.PanelSums;
import gsdm.tensor.cpu.vector.core.ColumnSums;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.ProjectValues;

import java.lang.foreign.MemorySegment;

/**
 * dX[b, n] = the weights of node n's kind, each times its value's gradient; dWeight and dBias are
 * sums over rows: runs of rows first, then the runs.
 */
public final class ProjectValuesGradientKernel implements Kernel {
    private final ProjectValues.Gradient op;
    private final KindTable kinds;
    private final KindTable gradients;
    private final long x;
    private final long dOut;
    private final long dX;
    private final int width;
    private final PanelSums panels; // [options, C] weights and [options] biases of every kind
    private int valuesPerExample;

    public ProjectValuesGradientKernel(ProjectValues.Gradient op, Addresses addresses) {
        this.op = op;
        kinds = new KindTable(op.project().projections(), addresses);
        gradients = new KindTable(op.dProjections(), addresses);
        x = addresses.of(op.project().x());
        dOut = addresses.of(op.dOut());
        dX = addresses.of(op.dX());
        width = op.project().x().shape().last().size();
        panels = new PanelSums(4L * (width + 1) * kinds.totalOptions());
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        return panels.resize(op.dX(), reserve);
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        long _ = panels.resize(op.dX(), extents);
        panels.place(workspace.address());
        kinds.prepare(extents);
        valuesPerExample = op.dOut().shape().columns(extents);
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
        long to = panels.cleared(block);
        long example = (long) panels.example(block) * valuesPerExample;
        for (int kind = 0; kind < kinds.count(); kind++) {
            int options = kinds.options(kind);
            int start = kinds.start(kind, first);
            int rows = Math.max(0, kinds.end(kind, last) - start);
            long row = 4L * width * panels.row(block, start);
            long value = dOut + 4L * (example + kinds.value(kind, start));
            for (int option = 0; option < options; option++) {
                ColumnSums.addWeighted(x + row, rows, width, value + 4L * option, 4 * options, to);
                to += 4L * width;
            }
            for (int option = 0; option < options; option++) {
                Raw.put(to, sum(value + 4L * option, 4L * options, rows));
                to += 4;
            }
            for (int n = 0; n < rows; n++) {
                spreadRow(kind, value + 4L * options * n, dX + row + 4L * width * n);
            }
        }
    }

    private static float sum(long from, long stride, int count) {
        float sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Raw.get(from + i * stride);
        }
        return sum;
    }

    private void spreadRow(int kind, long value, long to) {
        long weight = kinds.weight(kind);
        Pointwise.multiply(Raw.get(value), weight, to, width);
        for (int option = 1; option < kinds.options(kind); option++) {
            Pointwise.multiplyAdd(
                    Raw.get(value + 4L * option), weight + 4L * width * option, to, to, width);
        }
    }

    private void deliver(long total) {
        long from = total;
        for (int kind = 0; kind < kinds.count(); kind++) {
            int options = kinds.options(kind);
            Raw.copy(from, gradients.weight(kind), 4L * width * options);
            from += 4L * width * options;
            Raw.copy(from, gradients.bias(kind), 4L * options);
            from += 4L * options;
        }
    }
}
