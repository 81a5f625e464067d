package gsdm.nn;

import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;

import java.util.HashMap;
import java.util.Map;

/** The run-time sizes of a network: one name for each. */
public final class Dims {
    /** B, the examples of a batch. */
    public static final Dim BATCH = Dim.named("B");

    /** N, the nodes of the layout. */
    public static final Dim NODES = Dim.named("N");

    /** E, the entries of the mask. */
    public static final Dim EDGES = Dim.named("E");

    /** X, the values of the layout. */
    public static final Dim VALUES = Dim.named("X");

    /** M, the most nodes that one node attends to. */
    public static final Dim DEGREE = Dim.named("M");

    private Dims() {}

    /** How many nodes there are with that number of options. */
    public static Dim nodesWithOptions(int options) {
        return Dim.named("N" + options);
    }

    /** The sizes of a layout at a batch size. */
    public static Extents of(VariableLayout layout, int batch) {
        Map<String, Integer> sizes = new HashMap<>();
        sizes.put(BATCH.name(), batch);
        sizes.put(NODES.name(), layout.nodes());
        sizes.put(EDGES.name(), layout.mask().edges());
        sizes.put(VALUES.name(), layout.values());
        sizes.put(DEGREE.name(), layout.mask().maxDegree());
        for (int options : layout.signature().options()) {
            sizes.put(nodesWithOptions(options).name(), layout.nodesWithOptions(options));
        }
        return new Extents(sizes);
    }
}
