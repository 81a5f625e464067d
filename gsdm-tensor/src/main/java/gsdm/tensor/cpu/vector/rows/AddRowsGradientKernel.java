package gsdm.tensor.cpu.vector.rows;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.PanelSums;
import gsdm.tensor.cpu.vector.blocks.RowBlocks;
import gsdm.tensor.cpu.vector.core.ColumnSums;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.AddRows;
import gsdm.tensor.program.Extents;

import java.lang.foreign.MemorySegment;

/**
 * dExample[b] = the sum of dOut[b, n] over n; dTable[k] = the sum over b and the nodes n of row k.
 *
 * <p>Where the table is small, one pass over dOut sums each run of rows by table row, and both
 * results are sums of those. Where it is large, such partial sums would be larger than dOut, or
 * than is worth keeping: each table row then gathers its members, and the examples are summed in a
 * pass of their own.
 */
public final class AddRowsGradientKernel implements Kernel {
    /** The most partial sums of an example, each a row: 1 MiB at 64 channels. */
    private static final int MOST_PARTIALS = 4096;

    private final AddRows.Gradient op;
    private final long dOut;
    private final long index;
    private final long pointers;
    private final long members;
    private final long dExample;
    private final long dTable;
    private final int width;
    private int examples;
    private int nodes;
    private int tableRows;
    private int panels;
    private long partials; // [examples, panels, K or 1, C]

    public AddRowsGradientKernel(AddRows.Gradient op, Addresses addresses) {
        this.op = op;
        dOut = addresses.of(op.dOut());
        index = addresses.of(op.segments().index());
        pointers = addresses.of(op.segments().pointers());
        members = addresses.of(op.segments().members());
        dExample = addresses.of(op.dExample());
        dTable = addresses.of(op.dTable());
        width = op.dOut().shape().last().size();
    }

    private void size(Extents extents) {
        examples = extents.of(op.dOut().shape().dims().get(0));
        nodes = extents.of(op.dOut().shape().dims().get(1));
        tableRows = op.dTable().shape().rows(extents);
        panels = PanelSums.panels(nodes);
    }

    private boolean smallTable() {
        return (long) tableRows * panels <= Math.clamp(nodes / 2, 1, MOST_PARTIALS);
    }

    private int partialRows() {
        return smallTable() ? tableRows : 1;
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        // Sizes below the reserve can need more: a table that is large for few nodes is small here.
        size(reserve);
        int most = Math.clamp(nodes / 2, PanelSums.MOST_PANELS, MOST_PARTIALS);
        return 4L * width * examples * most;
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        partials = workspace.address();
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int blocks(int phase) {
        int sums = phase == 0 ? examples * panels : examples;
        boolean tableToo = (phase == 1) == smallTable();
        return sums + (tableToo ? Math.ceilDiv(tableRows, RowBlocks.ROWS) : 0);
    }

    @Override
    public void run(int phase, int block) {
        if (phase == 0) {
            if (block < examples * panels) {
                sumPanel(block);
            } else {
                gatherTable(block - examples * panels);
            }
        } else if (block < examples) {
            long rowBytes = 4L * width;
            int rows = panels * partialRows();
            Raw.clear(dExample + block * rowBytes, rowBytes);
            ColumnSums.add(
                    partials + block * rows * rowBytes, rows, width, dExample + block * rowBytes);
        } else {
            mergeTable(block - examples);
        }
    }

    private void sumPanel(int block) {
        int panel = block % panels;
        int first = (int) ((long) nodes * panel / panels);
        int last = (int) ((long) nodes * (panel + 1) / panels);
        long sums = partials + 4L * width * partialRows() * block;
        long x = dOut + 4L * width * nodes * (block / panels);
        Raw.clear(sums, 4L * width * partialRows());
        if (smallTable()) {
            SegmentSums.byIndex(x, first, last, width, index, sums);
        } else {
            ColumnSums.add(x + 4L * width * first, last - first, width, sums);
        }
    }

    private void mergeTable(int block) {
        int first = block * RowBlocks.ROWS;
        int last = Math.min(tableRows, first + RowBlocks.ROWS);
        for (int k = first; k < last; k++) {
            long to = dTable + 4L * width * k;
            Raw.clear(to, 4L * width);
            for (int part = 0; part < examples * panels; part++) {
                long from = partials + 4L * width * ((long) part * tableRows + k);
                Pointwise.add(to, from, to, width);
            }
        }
    }

    private void gatherTable(int block) {
        int first = block * RowBlocks.ROWS;
        int last = Math.min(tableRows, first + RowBlocks.ROWS);
        for (int k = first; k < last; k++) {
            SegmentSums.ofMembers(
                    dOut,
                    examples,
                    nodes,
                    width,
                    members,
                    Raw.getInt(pointers + 4L * k),
                    Raw.getInt(pointers + 4L * (k + 1)),
                    dTable + 4L * width * k);
        }
    }
}
