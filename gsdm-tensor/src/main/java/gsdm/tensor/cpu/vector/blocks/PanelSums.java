package gsdm.tensor.cpu.vector.blocks;

import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

import java.util.List;

/**
 * Sums over all rows of [B, N, ...]: phase 0 sums runs of rows, each into a partial result of its
 * own, and phase 1 adds those up in their order, so that threads do not matter.
 */
public final class PanelSums {
    /** Most runs that the rows of one example are cut into. */
    public static final int MOST_PANELS = 16;

    /** Rows worth a run of their own. */
    private static final int LEAST_ROWS = 256;

    private final long partialBytes;
    private int examples;
    private int nodes;
    private int panels;
    private long partials; // [B, panels] of partialBytes

    public PanelSums(long partialBytes) {
        this.partialBytes = partialBytes;
    }

    /** Takes the sizes of a tensor [B, N, ...] and returns the bytes that {@link #place} needs. */
    public long resize(Slot rows, Extents extents) {
        List<Dim> dims = rows.shape().dims();
        examples = extents.of(dims.get(0));
        nodes = extents.of(dims.get(1));
        panels = panels(nodes);
        return partialBytes * examples * panels;
    }

    /** How many runs the rows of one example are cut into. */
    public static int panels(int rows) {
        return Math.clamp(Math.ceilDiv(rows, LEAST_ROWS), 1, MOST_PANELS);
    }

    public void place(long workspace) {
        partials = workspace;
    }

    public int blocks(int phase) {
        return phase == 0 ? examples * panels : 1;
    }

    public int example(int block) {
        return block / panels;
    }

    /** The first row of a run, counted in its example. */
    public int first(int block) {
        return (int) ((long) nodes * (block % panels) / panels);
    }

    /** One past the last row of a run. */
    public int last(int block) {
        return (int) ((long) nodes * (block % panels + 1) / panels);
    }

    /** The row of all examples that an example's row is. */
    public long row(int block, int row) {
        return (long) example(block) * nodes + row;
    }

    /** A run's partial result, set to zero. */
    public long cleared(int block) {
        long to = partials + partialBytes * block;
        Raw.clear(to, partialBytes);
        return to;
    }

    /** Adds up the partial results, in the place of the first, which is returned. */
    public long total() {
        for (int part = 1; part < examples * panels; part++) {
            Pointwise.add(
                    partials,
                    partials + partialBytes * part,
                    partials,
                    Math.toIntExact(partialBytes / Float.BYTES));
        }
        return partials;
    }
}
