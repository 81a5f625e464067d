package gsdm.tensor.cpu.scalar;

import gsdm.tensor.program.Extents;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Shape;

import java.util.List;

/** The nodes of an example, some of one kind at a time; an item is a run of its nodes. */
abstract class KindRuns implements Part {
    /** Nodes of a run: enough work to be worth handing out. */
    private static final int NODES = 1024;

    final Kinds kinds;
    private final Shape shape;
    private int runs;

    /**
     * Runs of nodes with values of that shape.
     *
     * @param shape [B, X]
     */
    KindRuns(List<NodeKind> kinds, Shape shape) {
        this.kinds = new Kinds(kinds);
        this.shape = shape;
    }

    @Override
    public int prepare(Extents extents) {
        kinds.prepare(extents);
        runs = Math.ceilDiv(kinds.nodes(), NODES);
        return Math.multiplyExact(shape.rows(extents), runs);
    }

    @Override
    public void compute(int item, int block) {
        int first = item % runs * NODES;
        int end = first + Math.min(NODES, kinds.nodes() - first);
        for (int kind = 0; kind < kinds.count(); kind++) {
            int from = Math.max(first, kinds.firstNode(kind));
            int to = Math.min(end, kinds.firstNode(kind + 1));
            if (from < to) {
                compute(item / runs, kind, from, to);
            }
        }
    }

    /** Computes the nodes [first, end) of an example, all of one kind. */
    abstract void compute(int example, int kind, int first, int end);
}
