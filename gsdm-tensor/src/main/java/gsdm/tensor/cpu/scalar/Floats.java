package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Projection;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Floats in memory, by index; an index outside throws. */
record Floats(MemorySegment segment) {
    static Floats of(Slot slot, Addresses addresses) {
        return new Floats(slot.present() ? addresses.segment(slot) : MemorySegment.NULL);
    }

    static Floats of(Block block, Addresses addresses) {
        return new Floats(addresses.segment(block));
    }

    /** Those of slots of a block. */
    static Floats[] of(Block block, List<Integer> indices, Addresses addresses) {
        return indices.stream()
                .map(i -> of(block.slots().get(i), addresses))
                .toArray(Floats[]::new);
    }

    static Floats[] weights(List<Projection> projections, Addresses addresses) {
        return projections.stream().map(p -> of(p.weight(), addresses)).toArray(Floats[]::new);
    }

    static Floats[] biases(List<Projection> projections, Addresses addresses) {
        return projections.stream().map(p -> of(p.bias(), addresses)).toArray(Floats[]::new);
    }

    long size() {
        return segment.byteSize() / Float.BYTES;
    }

    float get(long index) {
        return segment.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    void set(long index, double value) {
        segment.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
    }

    /** The inner product of {@code count} entries from {@code at} on with those of another. */
    double dot(long at, long stride, Floats other, long otherAt, long otherStride, int count) {
        double even = 0;
        double odd = 0;
        int k = 0;
        for (; k < count - 1; k += 2) {
            even += (double) get(at + k * stride) * other.get(otherAt + k * otherStride);
            odd += (double) get(at + (k + 1) * stride) * other.get(otherAt + (k + 1) * otherStride);
        }
        if (k < count) {
            even += (double) get(at + k * stride) * other.get(otherAt + k * otherStride);
        }
        return even + odd;
    }

    /** The inner product of {@code count} adjacent entries. */
    double dot(long at, Floats other, long otherAt, int count) {
        return dot(at, 1, other, otherAt, 1, count);
    }

    /** Copies {@code count} entries of another to the same place. */
    void copy(Floats from, long at, int count) {
        long start = at * Float.BYTES;
        MemorySegment.copy(from.segment, start, segment, start, (long) count * Float.BYTES);
    }

    /** Sets {@code count} entries from {@code at} on. */
    void fill(double value, long at, int count) {
        for (int i = 0; i < count; i++) {
            set(at + i, value);
        }
    }

    /** Adds {@code factor} times entries from {@code at} on to the first sums. */
    void addTo(double[] sums, double factor, long at, int count) {
        for (int c = 0; c < count; c++) {
            sums[c] += factor * get(at + c);
        }
    }

    /** Stores the first sums from {@code at} on. */
    void setAll(long at, double[] sums, int count) {
        for (int c = 0; c < count; c++) {
            set(at + c, sums[c]);
        }
    }
}
