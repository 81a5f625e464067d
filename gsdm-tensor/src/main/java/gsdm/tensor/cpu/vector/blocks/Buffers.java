package gsdm.tensor.cpu.vector.blocks;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Scratch buffers that blocks borrow while they run: the lowest free one, so as many stay in cache
 * as threads run. Only for contents that a block writes before it reads them.
 */
public final class Buffers {
    /** The most buffers there are: more threads wait for each other. */
    public static final int MOST = 64;

    private final AtomicLong free = new AtomicLong(-1);
    private long start;
    private long bytes;

    /** Bytes of workspace for buffers of {@code bytes} bytes, shared by {@code blocks} blocks. */
    public static long totalBytes(long bytes, int blocks) {
        return Math.min(blocks, MOST) * aligned(bytes);
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, 64) * 64L;
    }

    /** Lays the buffers out from an address. */
    public void place(long address, long bufferBytes) {
        start = address;
        bytes = aligned(bufferBytes);
    }

    /** The address of a buffer that nobody else has until it is given back. */
    public long take() {
        while (true) {
            long now = free.get();
            long lowest = Long.lowestOneBit(now);
            if (now != 0 && free.compareAndSet(now, now ^ lowest)) {
                return start + Long.numberOfTrailingZeros(lowest) * bytes;
            }
            Thread.onSpinWait();
        }
    }

    public void giveBack(long buffer) {
        long bit = 1L << (buffer - start) / bytes;
        long now = free.get();
        while (!free.compareAndSet(now, now | bit)) {
            now = free.get();
        }
    }
}
