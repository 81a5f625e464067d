package gsdm.tensor.cpu.vector.blocks;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

/**
 * Rows of numbers that a kernel reads, wherever they come from: memory, or another kernel that
 * computes them when they are asked for, so that they are read while they are in cache and never
 * kept.
 */
public interface RowSource {
    /** The rows of a slot. */
    static RowSource stored(Slot slot, Addresses addresses) {
        return new Stored(addresses.of(slot), 4 * slot.shape().last().size());
    }

    /** Takes the sizes of the coming run. */
    void size(Extents extents);

    /** Bytes that {@link #place} takes. */
    long bytes();

    /** Says where to keep what {@link #prepare} finds. */
    void place(long address);

    /** How many blocks of work there are before rows can be had. */
    int blocks();

    /**
     * Does one block of that work.
     *
     * @param buffer {@link #bufferBytes} to work in
     */
    void prepare(int block, long buffer);

    /** Bytes that {@link #rows} needs for that many rows. */
    long bufferBytes(int mostRows);

    /**
     * Where {@code count} rows from row {@code first} on lie, one right after the other.
     *
     * @param buffer {@link #bufferBytes}, kept while the rows are read
     */
    long rows(int first, int count, long buffer);

    /** Rows [rows, columns] in memory. */
    record Stored(long address, int rowBytes) implements RowSource {
        @Override
        public void size(Extents extents) {}

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public void place(long where) {}

        @Override
        public int blocks() {
            return 0;
        }

        @Override
        public void prepare(int block, long buffer) {
            throw new UnsupportedOperationException("nothing to prepare");
        }

        @Override
        public long bufferBytes(int mostRows) {
            return 0;
        }

        @Override
        public long rows(int first, int count, long buffer) {
            return address + (long) rowBytes * first;
        }
    }
}
