package gsdm.tensor.cpu.vector.values;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Projection;

import java.util.List;

/**
 * The kinds of nodes in order, with where their nodes, values and parameters start: continuous
 * nodes first, then each number of options.
 */
final class KindTable {
    private final List<NodeKind> kinds;
    private final long[] weights;
    private final long[] biases;
    private final int[] firstNode; // [kinds + 1]
    private final int[] firstValue; // [kinds + 1]

    KindTable(List<Projection> projections, Addresses addresses) {
        kinds = Projection.kinds(projections);
        weights = projections.stream().mapToLong(p -> addresses.of(p.weight())).toArray();
        biases = projections.stream().mapToLong(p -> addresses.of(p.bias())).toArray();
        firstNode = new int[projections.size() + 1];
        firstValue = new int[projections.size() + 1];
    }

    void prepare(Extents extents) {
        for (int kind = 0; kind < count(); kind++) {
            int nodes = extents.of(kinds.get(kind).nodes());
            firstNode[kind + 1] = firstNode[kind] + nodes;
            firstValue[kind + 1] = firstValue[kind] + nodes * options(kind);
        }
    }

    int count() {
        return weights.length;
    }

    int options(int kind) {
        return kinds.get(kind).options();
    }

    /** The sum of all options. */
    int totalOptions() {
        return kinds.stream().mapToInt(NodeKind::options).sum();
    }

    long weight(int kind) {
        return weights[kind];
    }

    long bias(int kind) {
        return biases[kind];
    }

    /** The first node of [first, last) that is of this kind; {@link #end} if there is none. */
    int start(int kind, int first) {
        return Math.max(first, firstNode[kind]);
    }

    /** The node after the last of [first, last) that is of this kind, or less. */
    int end(int kind, int last) {
        return Math.min(last, firstNode[kind + 1]);
    }

    /** The first value of a node of this kind. */
    int value(int kind, int node) {
        return firstValue[kind] + (node - firstNode[kind]) * options(kind);
    }
}
