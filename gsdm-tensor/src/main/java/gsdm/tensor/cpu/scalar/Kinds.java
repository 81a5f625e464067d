package gsdm.tensor.cpu.scalar;

import gsdm.tensor.program.Extents;
import gsdm.tensor.program.NodeKind;

import java.util.List;

/** Which kind each node is of and where its values are, at the sizes of a run. */
final class Kinds {
    private final List<NodeKind> kinds;
    private final int[] firstNode;
    private final int[] firstValue;

    Kinds(List<NodeKind> kinds) {
        this.kinds = kinds;
        firstNode = new int[kinds.size() + 1];
        firstValue = new int[kinds.size() + 1];
    }

    void prepare(Extents extents) {
        for (int kind = 0; kind < kinds.size(); kind++) {
            int nodes = extents.of(kinds.get(kind).nodes());
            firstNode[kind + 1] = firstNode[kind] + nodes;
            firstValue[kind + 1] = firstValue[kind] + nodes * options(kind);
        }
    }

    int count() {
        return kinds.size();
    }

    int options(int kind) {
        return kinds.get(kind).options();
    }

    /** The first node of a kind; of the kind after the last, the number of nodes. */
    int firstNode(int kind) {
        return firstNode[kind];
    }

    /** The number of nodes. */
    int nodes() {
        return firstNode[count()];
    }

    /** The number of values of an example. */
    int values() {
        return firstValue[count()];
    }

    int kindOf(int node) {
        int kind = 0;
        while (node >= firstNode[kind + 1]) {
            kind++;
        }
        return kind;
    }

    /**
     * The first node of a kind whose first value is not before {@code value}; the node after the
     * kind's last if there is none.
     */
    int nodeFrom(int kind, int value) {
        int within = Math.clamp(value, firstValue[kind], firstValue[kind + 1]) - firstValue[kind];
        return firstNode[kind] + Math.ceilDiv(within, options(kind));
    }

    /** The first value of a node of that kind, in an example. */
    long valueOf(int example, int node, int kind) {
        int within = firstValue[kind] + (node - firstNode[kind]) * options(kind);
        return (long) example * values() + within;
    }
}
