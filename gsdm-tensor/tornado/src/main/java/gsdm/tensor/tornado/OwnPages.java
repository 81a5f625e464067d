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
 * Host memory for what is uploaded, in pages that nothing else is in. TornadoVM has CUDA pin it, to
 * the byte, and CUDA refuses to copy what begins in pinned memory and ends outside.
 *
 * <p>TornadoVM frees, and unpins, the arrays of the graph that ran last alone: what other graphs
 * have to themselves stays pinned. So its pages are only ever used for others of the same length:
 * they go back to a list, and not to where memory is taken from.
 */
final class OwnPages implements AutoCloseable {
    private static final long PAGE = 4096;
    private static final Map<Long, Deque<MemorySegment>> FREE = new HashMap<>(); // by length

    private final List<MemorySegment> used = new ArrayList<>();

    /** Zeros of any length, from the start of a page, until the arena closes. */
    static MemorySegment allocate(long bytes, Arena arena) {
        return arena.allocate(Math.ceilDiv(bytes, PAGE) * PAGE, PAGE).asSlice(0, bytes);
    }

    /** As many integers, of any value, until this closes. */
    IntArray ints(int count) {
        long bytes = TornadoNativeArray.ARRAY_HEADER + (long) count * Integer.BYTES;
        MemorySegment segment;
        synchronized (FREE) {
            segment = free(bytes).poll();
        }
        if (segment == null) {
            segment = allocate(bytes, Arena.global());
        }
        used.add(segment);
        return IntArray.fromSegmentShallow(segment);
    }

    private static Deque<MemorySegment> free(long length) {
        return FREE.computeIfAbsent(length, _ -> new ArrayDeque<>());
    }

    /** Has the pages used again; nothing may be uploaded from them now. */
    @Override
    public void close() {
        synchronized (FREE) {
            used.forEach(segment -> free(segment.byteSize()).add(segment));
        }
        used.clear();
    }
}
