package gsdm.tensor.tornado;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
    private static final Map<Long, Deque<MemorySegment>> FREE = new HashMap<>(); // by length

    private final List<MemorySegment> used = new ArrayList<>();

    /** Zeros of any length, from the start of a page, until the arena closes. */
    static MemorySegment allocate(long bytes, Arena arena) {
        return pages(bytes, arena).asSlice(0, bytes);
    }

    /** As many integers, of any value, until this closes. */
    IntArray ints(int count) {
        long bytes = TornadoNativeArray.ARRAY_HEADER + (long) count * Integer.BYTES;
        MemorySegment pages;
        synchronized (FREE) {
            pages = free(whole(bytes)).poll();
        }
        if (pages == null) {
            pages = pages(bytes, Arena.global());
        }
        used.add(pages);
        return IntArray.fromSegmentShallow(pages.asSlice(0, bytes));
    }

    private static long whole(long bytes) {
        return Math.ceilDiv(bytes, PAGE) * PAGE;
    }

    private static MemorySegment pages(long bytes, Arena arena) {
        return arena.allocate(whole(bytes), PAGE);
    }

    private static Deque<MemorySegment> free(long length) {
        return FREE.computeIfAbsent(length, _ -> new ArrayDeque<>());
    }

    /** Has the pages used again; nothing may be uploaded from them now. */
    @Override
    public void close() {
        synchronized (FREE) {
            used.forEach(pages -> free(pages.byteSize()).add(pages));
        }
        used.clear();
    }
}
