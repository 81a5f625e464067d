package gsdm.tensor.tornado;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Host memory for what is uploaded, in pages that nothing else is in. CUDA pins whole pages, and
 * refuses to copy what lies in a pinned page at one end and outside of any at the other, as small
 * arrays beside each other do.
 *
 * <p>TornadoVM does not unpin small arrays when it frees them. So their pages are only ever used
 * for such again: they go back to a list, and not to where other memory is taken from.
 */
final class OwnPages implements AutoCloseable {
    private static final long PAGE = 4096;
    private static final Deque<MemorySegment> FREE = new ArrayDeque<>();

    private final List<MemorySegment> used = new ArrayList<>();

    /** Zeros of any length, from the start of a page, until the arena closes. */
    static MemorySegment allocate(long bytes, Arena arena) {
        return arena.allocate(Math.ceilDiv(bytes, PAGE) * PAGE, PAGE).asSlice(0, bytes);
    }

    /** As many integers, of any value, until this closes. */
    IntArray ints(int count) {
        long bytes = TornadoNativeArray.ARRAY_HEADER + (long) count * Integer.BYTES;
        long length = Math.ceilDiv(bytes, PAGE) * PAGE;
        MemorySegment pages = take(length);
        used.add(pages);
        return IntArray.fromSegmentShallow(pages.asSlice(0, bytes));
    }

    private static MemorySegment take(long length) {
        synchronized (FREE) {
            for (MemorySegment free : FREE) {
                if (free.byteSize() == length) {
                    FREE.remove(free);
                    return free;
                }
            }
        }
        return Arena.global().allocate(length, PAGE);
    }

    /** Has the pages used again; nothing may be uploaded from them now. */
    @Override
    public void close() {
        synchronized (FREE) {
            FREE.addAll(used);
        }
        used.clear();
    }
}
