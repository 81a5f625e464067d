package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Shape;
import gsdm.tensor.program.Slot;

import java.util.List;

/** The nodes of an example, some of one array and kind at a time. */
abstract class ArrayRuns extends KindRuns {
    private final Ints bounds;
    private final int arrays;

    /**
     * Runs of nodes with values of that shape.
     *
     * @param bounds [A + 1]
     * @param shape [B, X]
     */
    ArrayRuns(List<NodeKind> kinds, Slot bounds, Shape shape, Addresses at) {
        super(kinds, shape);
        this.bounds = Ints.of(bounds, at);
        arrays = bounds.shape().last().size() - 1;
    }

    @Override
    void compute(int example, int kind, int first, int end) {
        for (int array = 0; array < arrays; array++) {
            int from = Math.max(first, kinds.nodeFrom(kind, bounds.get(array)));
            int to = Math.min(end, kinds.nodeFrom(kind, bounds.get(array + 1L)));
            if (from < to) {
                compute(example, array, kind, from, to);
            }
        }
    }

    /** Computes the nodes [first, end) of an example, all of one array and kind. */
    abstract void compute(int example, int array, int kind, int first, int end);
}
