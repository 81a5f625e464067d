package gsdm.graph.model;

import java.util.List;

/**
 * The node that a read touches, followed through nested loops over plates: each loop level adds its
 * plate's index times a factor to the index along each axis. Mutable, for one traversal.
 */
final class Locator {
    private final int offset;
    private final int[] strides; // [axes]
    private final int[][] ranks; // [axes][size of the whole axis]
    private final int[][] factors; // [loops][axes]
    private final int[][] base; // [loops][axes], indices with the loops outside applied

    Locator(Expr.Read read, Region region, List<Plate> loops) {
        int axes = read.indices().size();
        offset = region.offset();
        strides = region.strides();
        ranks = new int[axes][];
        factors = new int[loops.size()][axes];
        base = new int[loops.size() + 1][axes];
        for (int axis = 0; axis < axes; axis++) {
            Affine index = read.indices().get(axis);
            ranks[axis] = region.axes().get(axis).ranks();
            base[0][axis] = index.constant();
            for (int loop = 0; loop < loops.size(); loop++) {
                factors[loop][axis] = index.factor(loops.get(loop));
            }
        }
    }

    /** Sets the index of a loop's plate, for the loops inside it. */
    void enter(int loop, int index) {
        int[] outer = base[loop];
        int[] inner = base[loop + 1];
        int[] factor = factors[loop];
        for (int axis = 0; axis < outer.length; axis++) {
            inner[axis] = outer[axis] + factor[axis] * index;
        }
    }

    /** The node at {@code index} of the innermost loop, -1 if it is not kept. */
    int node(int loop, int index) {
        int[] outer = base[loop];
        int[] factor = factors[loop];
        int node = offset;
        for (int axis = 0; axis < outer.length; axis++) {
            int rank = ranks[axis][outer[axis] + factor[axis] * index];
            if (rank < 0) {
                return -1;
            }
            node += rank * strides[axis];
        }
        return node;
    }

    /** The node of a read that no loop surrounds, -1 if it is not kept. */
    int node() {
        int[] at = base[base.length - 1];
        int node = offset;
        for (int axis = 0; axis < at.length; axis++) {
            int rank = ranks[axis][at[axis]];
            if (rank < 0) {
                return -1;
            }
            node += rank * strides[axis];
        }
        return node;
    }
}
