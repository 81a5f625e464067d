package gsdm.tensor.cpu.vector.attention;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

import java.util.List;

/**
 * Where the keys and values lie that each node attends to: in place, or for {@link
 * Attention.Neighbours#PADDED} gathered for one example into [N, degree, C] of keys, then as much
 * of values.
 */
final class AttendedRows {
    private final Attention op;
    private final long qkv; // [B, N, 3C]
    private final long pointers;
    private final long columns;
    private final int channels;
    private int examples;
    private int nodes;
    private int degree;
    private long gathered;

    AttendedRows(Attention op, Addresses addresses) {
        this.op = op;
        qkv = addresses.of(op.qkv());
        pointers = listed(op.pattern().pointers(), addresses);
        columns = listed(op.pattern().columns(), addresses);
        channels = op.out().shape().last().size();
    }

    private long listed(Slot slot, Addresses addresses) {
        return op.neighbours() == Attention.Neighbours.DENSE ? 0 : addresses.of(slot);
    }

    private void size(Extents extents) {
        List<Dim> dims = op.qkv().shape().dims();
        examples = extents.of(dims.get(0));
        nodes = extents.of(dims.get(1));
        degree = padded() ? extents.of(op.pattern().degree()) : 0;
    }

    /** Bytes that gathered rows take. */
    long gatheredBytes(Extents reserve) {
        size(reserve);
        return 2 * gatheredHalf();
    }

    private long gatheredHalf() {
        return 4L * nodes * degree * channels;
    }

    void prepare(Extents extents, long workspace) {
        size(extents);
        gathered = workspace;
    }

    boolean padded() {
        return op.neighbours() == Attention.Neighbours.PADDED;
    }

    boolean dense() {
        return op.neighbours() == Attention.Neighbours.DENSE;
    }

    int examples() {
        return examples;
    }

    int nodes() {
        return nodes;
    }

    /** The query of a node; its key and value follow. */
    long query(int example, int node) {
        return qkv + 12L * channels * ((long) example * nodes + node);
    }

    /** How many nodes a node attends to. */
    int neighbours(int node) {
        return dense() ? nodes : start(node + 1) - start(node);
    }

    /** How many rows to go through for a node: padding included unless there is nothing else. */
    int rows(int node) {
        int neighbours = neighbours(node);
        return padded() && neighbours > 0 ? degree : neighbours;
    }

    private int start(int node) {
        return Raw.getInt(pointers + 4L * node);
    }

    /** The row that {@link #columns} count from, of keys, for the rows of a node from first on. */
    long keys(int example, int node, int first) {
        return switch (op.neighbours()) {
            case SPARSE -> query(example, 0) + 4L * channels;
            case DENSE -> query(example, first) + 4L * channels;
            case PADDED -> gathered + 4L * channels * ((long) node * degree + first);
        };
    }

    /** The same of values. */
    long values(int example, int node, int first) {
        return keys(example, node, first) + (padded() ? gatheredHalf() : 4L * channels);
    }

    /** Bytes from row to row. */
    int stride() {
        return (padded() ? 4 : 12) * channels;
    }

    /** Which rows, or 0 for all in order. */
    long columns(int node, int first) {
        return op.neighbours() == Attention.Neighbours.SPARSE
                ? columns + 4L * (start(node) + first)
                : 0;
    }

    /** Copies the keys and values of a node's neighbours, then zeros up to the degree. */
    void gather(int example, int node) {
        int count = neighbours(node);
        long list = columns + 4L * start(node);
        for (int j = 0; j < count; j++) {
            long key = query(example, Raw.getInt(list + 4L * j)) + 4L * channels;
            Raw.copy(key, keys(example, node, j), 4L * channels);
            Raw.copy(key + 4L * channels, values(example, node, j), 4L * channels);
        }
        Raw.clear(keys(example, node, count), 4L * channels * (degree - count));
        Raw.clear(values(example, node, count), 4L * channels * (degree - count));
    }
}
