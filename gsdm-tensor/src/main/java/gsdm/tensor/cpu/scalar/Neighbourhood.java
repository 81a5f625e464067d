package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Extents;

/** The nodes that a node attends to, or that attend to it. */
interface Neighbourhood {
    /** Takes the sizes of the coming run. */
    void prepare(int nodes, Extents extents);

    /** How many entries the list of a node has, padding included. */
    int entries(int node);

    /** An entry of a node's list, or −1 for padding. */
    int node(int node, int entry);

    /** Those that a node attends to. */
    static Neighbourhood of(
            Attention.Neighbours neighbours, Attention.Pattern pattern, Addresses at) {
        return switch (neighbours) {
            case DENSE -> new All();
            case SPARSE -> new Listed(pattern, at);
            case PADDED -> new Padded(new Listed(pattern, at), pattern);
        };
    }

    /** Those that attend to a node; the transpose is never padded, its degree may be larger. */
    static Neighbourhood transposed(
            Attention.Neighbours neighbours, Attention.Pattern pattern, Addresses at) {
        return switch (neighbours) {
            case DENSE -> new All();
            case SPARSE, PADDED ->
                    new Listed(
                            Ints.of(pattern.transposedPointers(), at),
                            Ints.of(pattern.transposedColumns(), at));
        };
    }

    /** Every node. */
    final class All implements Neighbourhood {
        private int nodes;

        @Override
        public void prepare(int nodes, Extents extents) {
            this.nodes = nodes;
        }

        @Override
        public int entries(int node) {
            return nodes;
        }

        @Override
        public int node(int node, int entry) {
            return entry;
        }
    }

    /** The entries of a row. */
    record Listed(Ints pointers, Ints columns) implements Neighbourhood {
        Listed(Attention.Pattern pattern, Addresses at) {
            this(Ints.of(pattern.pointers(), at), Ints.of(pattern.columns(), at));
        }

        @Override
        public void prepare(int nodes, Extents extents) {}

        @Override
        public int entries(int node) {
            return pointers.get(node + 1L) - pointers.get(node);
        }

        @Override
        public int node(int node, int entry) {
            return columns.get((long) pointers.get(node) + entry);
        }
    }

    /** The entries of a row, and padding up to the largest degree. */
    final class Padded implements Neighbourhood {
        private final Listed listed;
        private final Attention.Pattern pattern;
        private int degree;

        Padded(Listed listed, Attention.Pattern pattern) {
            this.listed = listed;
            this.pattern = pattern;
        }

        @Override
        public void prepare(int nodes, Extents extents) {
            degree = extents.of(pattern.degree());
        }

        @Override
        public int entries(int node) {
            return degree;
        }

        @Override
        public int node(int node, int entry) {
            return entry < listed.entries(node) ? listed.node(node, entry) : -1;
        }
    }
}
