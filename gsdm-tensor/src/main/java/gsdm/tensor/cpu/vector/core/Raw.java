package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * All of native memory as one segment that is always alive: what lets inner loops run without
 * liveness checks. Nothing here checks bounds; kernels are handed addresses of checked tensors.
 *
 * <p>The compiler also drops the check of an access against the segment's (astronomic) size where
 * it can see that an address is small. It sees that of {@code base(a) + (long) index(i) * stride}
 * for a {@code base} taken outside the loop and a stride that is constant or a {@link #stride};
 * hence the masks, which cost nothing and change no real address. A matmul tile went from 0.83 to
 * 0.98 of the FMA peak by this alone.
 *
 * <p>The short names below are for light loops in methods that stay small. Past its limit of nodes
 * (18,000) the compiler still inlines the Vector API, but no longer these: what they return is then
 * put on the heap, also in a light loop that comes last of many in one method. Other loops call the
 * Vector API itself; they are in this package, whichever kernels they serve, for nothing outside it
 * sees the segment.
 */
public final class Raw {
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    static final ByteOrder ORDER = ByteOrder.nativeOrder();
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private Raw() {}

    /** An address known to be below 2^61; for use outside loops. */
    public static long base(long address) {
        return address & (1L << 61) - 1;
    }

    /** A loop counter known not to be negative; for use inside loops. */
    public static int index(int counter) {
        return counter & Integer.MAX_VALUE;
    }

    /** A distance in bytes known to be in [0, 2^28). */
    public static long stride(int bytes) {
        return bytes & (1 << 28) - 1;
    }

    public static FloatVector load(long address) {
        return FloatVector.fromMemorySegment(SPECIES, ALL, address, ORDER);
    }

    public static void store(FloatVector vector, long address) {
        vector.intoMemorySegment(ALL, address, ORDER);
    }

    /** The float at an address in every lane. */
    public static FloatVector spread(long address) {
        return FloatVector.broadcast(SPECIES, ALL.get(FLOAT, address));
    }

    public static float get(long address) {
        return ALL.get(FLOAT, address);
    }

    public static void put(long address, float value) {
        ALL.set(FLOAT, address, value);
    }

    public static int getInt(long address) {
        return ALL.get(INT, address);
    }

    public static void putInt(long address, int value) {
        ALL.set(INT, address, value);
    }

    /** Two floats at once, to be copied. */
    public static long getLong(long address) {
        return ALL.get(LONG, address);
    }

    public static void putLong(long address, long value) {
        ALL.set(LONG, address, value);
    }

    /** Copies {@code bytes} bytes; the ranges are apart. */
    public static void copy(long from, long to, long bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    /** Sets {@code bytes} bytes, a multiple of a float's, to zero. */
    public static void clear(long address, long bytes) {
        int floats = Math.toIntExact(bytes / Float.BYTES);
        long start = base(address);
        for (int i = 0; i < floats; i++) {
            ALL.set(FLOAT, start + 4L * i, 0);
        }
    }
}
