package gsdm.tensor.tornado;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Host memory for what is uploaded, in pages that nothing else is in. CUDA pins whole pages, and
 * refuses to copy what lies in a pinned page at one end and outside of any at the other, as small
 * arrays beside each other do.
 */
final class OwnPages {
    private static final long PAGE = 4096;

    private OwnPages() {}

    /** Zeros, from the start of a page. */
    static MemorySegment allocate(long bytes, Arena arena) {
        return arena.allocate(Math.ceilDiv(bytes, PAGE) * PAGE, PAGE).asSlice(0, bytes);
    }

    /** As many zeros. */
    static IntArray ints(int count, Arena arena) {
        return IntArray.fromSegmentShallow(allocate(bytes(count, Integer.BYTES), arena));
    }

    /** As many zeros. */
    static FloatArray floats(int count, Arena arena) {
        return FloatArray.fromSegmentShallow(allocate(bytes(count, Float.BYTES), arena));
    }

    private static long bytes(int count, int each) {
        return TornadoNativeArray.ARRAY_HEADER + (long) count * each;
    }
}
