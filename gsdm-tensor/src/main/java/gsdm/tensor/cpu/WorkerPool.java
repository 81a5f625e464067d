package gsdm.tensor.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Threads that share the blocks of a kernel's phase, the caller among them. Each begins with its
 * own part, the same share of every phase, so that it finds what it wrote in its own caches: while
 * rows changed hands, a training step took 1.4 times as long at times. Who has nothing left takes
 * from the end of another's part.
 *
 * <p>Between phases workers wait actively for a short while, since the next phase is microseconds
 * away, then sleep. A phase ends with its last block: a worker that has not woken by then is not
 * waited for, so a busy machine costs speed only. One caller at a time; nothing is allocated per
 * phase.
 */
public final class WorkerPool implements AutoCloseable {
    /** Rounds of active waiting before a worker sleeps: up to a millisecond. */
    private static final int SPINS = 20_000;

    /** Longs from one part to the next: two cache lines, which processors fetch together. */
    private static final int SPACING = 16;

    /** More than machines have cores; far more would take minutes to start, or all memory. */
    private static final int MOST_THREADS = 4096;

    private final Thread[] workers;
    private final AtomicIntegerArray asleep;
    // The blocks nobody has taken yet of each thread's part: the first in the high half, the end in
    // the low half. Whoever takes one keeps the phase from ending, so the plain fields below,
    // written before, are those of the block taken.
    private final AtomicLongArray parts;
    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicInteger phasesBegun = new AtomicInteger();
    private volatile boolean closed;
    private volatile Throwable failure;
    private Work work;
    private int phase;
    private IntConsumer task;
    private final Work shared = (_, number) -> task.accept(number);

    /** What is done in blocks, which are independent within a phase. */
    public interface Work {
        /** Does one block. */
        void run(int phase, int block);
    }

    /**
     * Starts the workers.
     *
     * @param threads how many threads share the blocks, the caller included: 1 to 4096
     */
    public WorkerPool(int threads) {
        if (threads < 1 || threads > MOST_THREADS) {
            throw new IllegalArgumentException(
                    "threads must be 1 to " + MOST_THREADS + "; found " + threads);
        }
        workers = new Thread[threads - 1];
        asleep = new AtomicIntegerArray(threads - 1);
        parts = new AtomicLongArray(threads * SPACING);
        try {
            for (int i = 0; i < workers.length; i++) {
                int worker = i;
                workers[i] =
                        Thread.ofPlatform()
                                .daemon()
                                .name("gsdm-worker-" + (i + 1))
                                .start(() -> work(worker));
            }
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    /** The number of threads, the caller included. */
    public int threads() {
        return workers.length + 1;
    }

    /** Runs all blocks of a phase and returns when the last one has ended. */
    @SuppressWarnings("ThreadPriorityCheck") // yields only where cores are fewer than threads
    synchronized void run(Work workToRun, int phaseToRun, int blockCount) {
        requireOpen();
        if (workers.length == 0 || blockCount <= 1) {
            for (int block = 0; block < blockCount; block++) {
                workToRun.run(phaseToRun, block);
            }
            return;
        }
        work = workToRun;
        phase = phaseToRun;
        unfinished.set(blockCount);
        for (int i = 0; i < threads(); i++) {
            long first = (long) blockCount * i / threads();
            long end = (long) blockCount * (i + 1) / threads();
            parts.set(i * SPACING, first << Integer.SIZE | end);
        }
        phasesBegun.incrementAndGet();
        for (int i = 0; i < workers.length; i++) {
            if (asleep.compareAndSet(i, 1, 0)) {
                LockSupport.unpark(workers[i]);
            }
        }
        drain(0);
        for (int spins = 0; unfinished.get() != 0; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        rethrow();
    }

    /** Calls a task with 0 to {@code tasks} − 1 and returns when the last call has ended. */
    public synchronized void share(int tasks, IntConsumer each) {
        task = each;
        run(shared, 0, tasks);
    }

    /** Fails unless there are threads to run on. */
    public void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the backend is closed");
        }
    }

    /** Fails as a single thread would: with what the kernel threw. */
    private void rethrow() {
        Throwable thrown = failure;
        failure = null;
        switch (thrown) {
            case null -> {}
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            default -> throw new IllegalStateException("kernels throw nothing checked", thrown);
        }
    }

    /** Runs blocks until none is left to take: of a thread's own part, then of the others'. */
    private void drain(int thread) {
        for (int i = 0; i < threads(); i++) {
            int part = (thread + i) % threads() * SPACING;
            for (long left = parts.get(part); isLeft(left); left = parts.get(part)) {
                long first = left >>> Integer.SIZE;
                long end = left & Integer.MAX_VALUE;
                if (i == 0) {
                    if (parts.compareAndSet(part, left, first + 1 << Integer.SIZE | end)) {
                        runBlock((int) first);
                    }
                } else if (parts.compareAndSet(part, left, left - 1)) {
                    runBlock((int) end - 1);
                }
            }
        }
    }

    private static boolean isLeft(long part) {
        return part >>> Integer.SIZE < (part & Integer.MAX_VALUE);
    }

    private void runBlock(int block) {
        try {
            if (failure == null) {
                work.run(phase, block);
            }
        } catch (RuntimeException | Error thrown) {
            failure = thrown;
        } finally {
            unfinished.decrementAndGet();
        }
    }

    private void work(int worker) {
        int seen = 0;
        while (!closed) {
            for (int spins = 0; phasesBegun.get() == seen && !closed; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    sleep(worker, seen);
                }
            }
            seen = phasesBegun.get();
            drain(worker + 1);
        }
    }

    private void sleep(int worker, int seen) {
        asleep.set(worker, 1);
        // A phase may have begun before the flag was up; the caller then sent no wake-up.
        if (phasesBegun.get() == seen && !closed) {
            LockSupport.park(this);
        }
        asleep.set(worker, 0);
    }

    /** Ends the workers, once a run in progress has ended. */
    @Override
    public synchronized void close() {
        closed = true;
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }
}
