package gsdm.tensor.program;

import java.util.List;

/**
 * The axes of a tensor, slowest first; the tensor is contiguous (row-major) at the actual sizes.
 *
 * @param dims one or more axes
 */
public record Shape(List<Dim> dims) {
    public Shape {
        dims = List.copyOf(dims);
        if (dims.isEmpty()) {
            throw new IllegalArgumentException("a shape needs at least one axis");
        }
    }

    /** A shape of the given axes. */
    public static Shape of(Dim... dims) {
        return new Shape(List.of(dims));
    }

    /** A shape of fixed sizes. */
    public static Shape of(int... sizes) {
        return new Shape(java.util.Arrays.stream(sizes).mapToObj(Dim::of).toList());
    }

    /** The last axis: the columns of the tensor seen as a matrix. */
    public Dim last() {
        return dims.getLast();
    }

    /** The number of axes. */
    public int rank() {
        return dims.size();
    }

    /** The number of elements at the given sizes. */
    public long size(Extents extents) {
        long size = 1;
        for (int i = 0; i < dims.size(); i++) {
            size = Math.multiplyExact(size, (long) extents.of(dims.get(i)));
        }
        return size;
    }

    /**
     * The number of rows at the given sizes: the product of all axes but the last.
     *
     * @throws IllegalArgumentException if there are more than 32 bits can count
     */
    public int rows(Extents extents) {
        long rows = 1;
        for (int i = 0; i < dims.size() - 1; i++) {
            rows = Math.multiplyExact(rows, (long) extents.of(dims.get(i)));
        }
        if (rows > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a tensor has at most %d rows, found %d of %s: lower the batch or the number of nodes"
                            .formatted(Integer.MAX_VALUE, rows, this));
        }
        return (int) rows;
    }

    /** The size of the last axis. */
    public int columns(Extents extents) {
        return extents.of(last());
    }

    /** The number of elements of a shape without named axes. */
    public long size() {
        return size(Extents.NONE);
    }

    @Override
    public String toString() {
        return dims.toString();
    }
}
