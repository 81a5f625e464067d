package gsdm.tensor.cpu.vector.blocks;

import static gsdm.tensor.cpu.vector.core.Raw.load;
import static gsdm.tensor.cpu.vector.core.Raw.store;

import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.Raw;

/** How reductions over many rows are cut, a function of the row count alone, and put together. */
public final class RowPanels {
    /** The most panels that rows are cut into. */
    public static final int MOST = 64;

    /** The most rows of a panel, until there are {@link #MOST} panels. */
    private static final int ROWS = 96;

    /** Panels come in fours, so that two or four threads have the same number each. */
    private static final int FOURS = 4;

    /** Rows contracted at a time, so that two operands stay in cache. */
    public static final int CHUNK = 200;

    private RowPanels() {}

    /** The number of panels that {@code rows} rows are cut into; grows with the rows. */
    public static int count(int rows) {
        if (rows <= ROWS) {
            return 1;
        }
        return Math.min(Math.ceilDiv(rows, FOURS * ROWS) * FOURS, MOST);
    }

    /** The first row of a panel. */
    public static int first(int panel, int panels, int rows) {
        return (int) ((long) rows * panel / panels);
    }

    /**
     * Sums bytes [first, last) of all partial results into the first one, in a binary tree over the
     * panels.
     *
     * @param partials results {@code stride} bytes apart; {@code first} and {@code last} are whole
     *     vectors
     */
    public static void merge(long partials, long stride, int panels, long first, long last) {
        for (int step = 1; step < panels; step *= 2) {
            for (int panel = 0; panel + step < panels; panel += 2 * step) {
                long into = partials + panel * stride;
                long from = into + step * stride;
                for (long at = first; at < last; at += Lanes.BYTES) {
                    store(load(into + at).add(load(from + at)), into + at);
                }
            }
        }
    }

    /**
     * Sums all partial results into the first one in the same tree.
     *
     * @param partials results {@code stride} bytes apart
     * @param floats the size of each, any number
     */
    public static void mergeAny(long partials, long stride, int panels, int floats) {
        int whole = Lanes.whole(floats);
        merge(partials, stride, panels, 0, 4L * whole);
        for (int step = 1; step < panels; step *= 2) {
            for (int panel = 0; panel + step < panels; panel += 2 * step) {
                long into = partials + panel * stride;
                long from = into + step * stride;
                for (int i = whole; i < floats; i++) {
                    Raw.put(into + 4L * i, Raw.get(into + 4L * i) + Raw.get(from + 4L * i));
                }
            }
        }
    }
}
