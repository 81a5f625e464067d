package gsdm.nn.layout;

import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.NodeKind;

import java.util.ArrayList;
import java.util.List;

/** The run-time sizes of a network: a name for each, and its place among the sizes of a run. */
public final class Dims {
    /** B, the examples of a batch. */
    public static final Dim BATCH = Dim.named("B", 0);

    /** N, the nodes of the layout. */
    public static final Dim NODES = Dim.named("N", 1);

    /** E, the entries of the mask. */
    public static final Dim EDGES = Dim.named("E", 2);

    /** X, the values of the layout. */
    public static final Dim VALUES = Dim.named("X", 3);

    /** M, the most nodes that one node attends to. */
    public static final Dim DEGREE = Dim.named("M", 4);

    /** T, the instructions of the definitions of nodes; see {@link NodeDefinitions}. */
    public static final Dim INSTRUCTIONS = Dim.named("T", 5);

    /** R, the reads among them. */
    public static final Dim READS = Dim.named("R", 6);

    /** The place of the first kind of nodes. */
    private static final int KINDS = 7;

    private Dims() {}

    /** The kinds of nodes, in order. */
    public static List<NodeKind> kinds(LayoutSignature signature) {
        List<NodeKind> kinds = new ArrayList<>();
        for (int options : signature.options()) {
            Dim nodes = Dim.named("N" + options, KINDS + kinds.size());
            kinds.add(new NodeKind(nodes, options));
        }
        return kinds;
    }

    /** The sizes of a layout at a batch size. */
    public static Extents of(VariableLayout layout, int batch) {
        Extents sizes = of(LayoutBudget.of(layout), batch);
        for (NodeKind kind : kinds(layout.signature())) {
            sizes = sizes.with(kind.nodes(), layout.nodesWithOptions(kind.options()));
        }
        return sizes;
    }

    /** The largest sizes of layouts of that signature within a budget, at most. */
    public static Extents of(LayoutSignature signature, LayoutBudget budget, int batch) {
        Extents sizes = of(budget, batch);
        for (NodeKind kind : kinds(signature)) {
            int most = Math.min(budget.nodes(), budget.values() / kind.options());
            sizes = sizes.with(kind.nodes(), most);
        }
        return sizes;
    }

    private static Extents of(LayoutBudget budget, int batch) {
        return Extents.NONE
                .with(BATCH, batch)
                .with(NODES, budget.nodes())
                .with(EDGES, budget.edges())
                .with(VALUES, budget.values())
                .with(DEGREE, budget.degree())
                .with(INSTRUCTIONS, budget.instructions())
                .with(READS, budget.reads());
    }
}
