package gsdm.tensor.cpu.vector.bench;

import gsdm.tensor.cpu.vector.core.Lanes;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongConsumer;

/**
 * What this machine can do at best, measured: the rate of fused multiply-adds on registers and of a
 * copy through memory. Figures of kernels mean something beside these only, taken in the same
 * minute.
 */
public final class MachinePeaks {
    private static final int CHAINS = 10;
    private static final int FMA_ROUNDS = 1 << 20;
    private static final int TRIALS = 25;
    private static final long COPY_BYTES = 64L << 20;

    private MachinePeaks() {}

    /**
     * Billions of float operations a second in FMAs on {@code threads} threads; an FMA counts two.
     */
    public static double fmaGigaflops(int threads) {
        double seconds = fastest(threads, thread -> keep(fmaLoop(FMA_ROUNDS)));
        return threads * flopsPerIteration() * (double) FMA_ROUNDS / seconds / 1e9;
    }

    /**
     * Gigabytes a second read and written in a copy of memory beyond caches, on that many threads.
     */
    public static double copyGigabytes(int threads) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment from = arena.allocate(COPY_BYTES, 64).fill((byte) 1);
            MemorySegment to = arena.allocate(COPY_BYTES, 64).fill((byte) 2);
            long share = COPY_BYTES / threads;
            double seconds =
                    fastest(
                            threads,
                            thread ->
                                    MemorySegment.copy(
                                            from, thread * share, to, thread * share, share));
            return 2.0 * share * threads / seconds / 1e9;
        }
    }

    /** The vector shape in use, in bits. */
    public static int vectorBits() {
        return Lanes.BITS;
    }

    static int flopsPerIteration() {
        return 2 * CHAINS * Lanes.COUNT;
    }

    /**
     * Independent chains, enough to hide the latency of two FMA units; x·y is the addend's change.
     */
    static float fmaLoop(int rounds) {
        FloatVector x = FloatVector.broadcast(Lanes.SPECIES, 0.5f);
        FloatVector y = FloatVector.broadcast(Lanes.SPECIES, 1e-6f);
        FloatVector a0 = FloatVector.zero(Lanes.SPECIES);
        FloatVector a1 = a0.add(1);
        FloatVector a2 = a0.add(2);
        FloatVector a3 = a0.add(3);
        FloatVector a4 = a0.add(4);
        FloatVector a5 = a0.add(5);
        FloatVector a6 = a0.add(6);
        FloatVector a7 = a0.add(7);
        FloatVector a8 = a0.add(8);
        FloatVector a9 = a0.add(9);
        for (int i = 0; i < rounds; i++) {
            a0 = x.fma(y, a0);
            a1 = x.fma(y, a1);
            a2 = x.fma(y, a2);
            a3 = x.fma(y, a3);
            a4 = x.fma(y, a4);
            a5 = x.fma(y, a5);
            a6 = x.fma(y, a6);
            a7 = x.fma(y, a7);
            a8 = x.fma(y, a8);
            a9 = x.fma(y, a9);
        }
        FloatVector low = a0.add(a1).add(a2).add(a3).add(a4);
        return low.add(a5).add(a6).add(a7).add(a8).add(a9).lane(0);
    }

    private static void keep(float value) {
        if (Float.isNaN(value)) {
            throw new IllegalStateException("the probe computed NaN");
        }
    }

    /** The shortest time, in seconds, in which all threads do their part at once. */
    private static double fastest(int threads, LongConsumer part) {
        double best = Double.POSITIVE_INFINITY;
        for (int trial = 0; trial < TRIALS; trial++) {
            best = Math.min(best, together(threads, part));
        }
        return best;
    }

    private static double together(int threads, LongConsumer part) {
        CountDownLatch ready = new CountDownLatch(threads);
        Thread[] others = new Thread[threads];
        long[] begin = new long[threads];
        long[] end = new long[threads];
        for (int i = 0; i < threads; i++) {
            int thread = i;
            others[i] =
                    Thread.ofPlatform()
                            .start(() -> {
                                ready.countDown();
                                while (ready.getCount() > 0) {
                                    Thread.onSpinWait();
                                }
                                begin[thread] = System.nanoTime();
                                part.accept(thread);
                                end[thread] = System.nanoTime();
                            });
        }
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (int i = 0; i < threads; i++) {
            try {
                others[i].join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while measuring", interrupted);
            }
            first = Math.min(first, begin[i]);
            last = Math.max(last, end[i]);
        }
        return (last - first) / 1e9;
    }
}
