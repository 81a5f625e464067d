package gsdm.tensor.cpu.scalar;

import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Projection;

import java.util.List;

/** Which kind each node is of and where its values are, at the sizes of a run. */
final class Kinds {
    private final List<Projection> projections;
    private final int[] firstNode;
    private final int[] firstValue;

    Kinds(List<Projection> projections) {
        this.projections = projections;
        firstNode = new int[projections.size() + 1];
        firstValue = new int[projections.size() + 1];
    }

    void prepare(Extents extents) {
        for (int kind = 0; kind < projections.size(); kind++) {
            int nodes = extents.of(projections.get(kind).nodes());
            firstNode[kind + 1] = firstNode[kind] + nodes;
            firstValue[kind + 1] = firstValue[kind] + nodes * options(kind);
        }
    }

    int count() {
        return projections.size();
    }

    int options(int kind) {
        return projections.get(kind).options();
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

    /** The first value of a node of that kind, in an example. */
    long valueOf(int example, int node, int kind) {
        int within = firstValue[kind] + (node - firstNode[kind]) * options(kind);
        return (long) example * values() + within;
    }
}
