package gsdm.tensor.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that share the blocks of a kernel's phase, the caller among them. Between phases workers
 * wait actively for a short while, since the next phase is microseconds away, then sleep. One
 * caller at a time; nothing is allocated per phase.
 */
public final class WorkerPool implements AutoCloseable {
    /** Rounds of active waiting before a worker sleeps: up to a millisecond. */
    private static final int SPINS = 20_000;

    private final Thread[] workers;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicIntegerArray asleep;
    private final AtomicInteger round = new AtomicInteger();
    private volatile boolean closed;
    private volatile Throwable failure;
    // Written before and read after the volatile round.
    private Kernel kernel;
    private int phase;
    private int blocks;

    /**
     * Starts the workers.
     *
     * @param threads how many threads share the blocks, the caller included: 1 or more
     */
    public WorkerPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be 1 or more; found " + threads);
        }
        workers = new Thread[threads - 1];
        asleep = new AtomicIntegerArray(threads - 1);
        for (int i = 0; i < workers.length; i++) {
            int worker = i;
            workers[i] =
                    Thread.ofPlatform()
                            .daemon()
                            .name("gsdm-worker-" + (i + 1))
                            .start(() -> work(worker));
        }
    }

    /** The number of threads, the caller included. */
    public int threads() {
        return workers.length + 1;
    }

    /** Runs all blocks of a phase and returns when the last one has ended. */
    @SuppressWarnings("ThreadPriorityCheck") // yields only where cores are fewer than threads
    synchronized void run(Kernel kernelToRun, int phaseToRun, int blockCount) {
        if (closed) {
            throw new IllegalStateException("the backend of this executable is closed");
        }
        if (workers.length == 0 || blockCount <= 1) {
            for (int block = 0; block < blockCount; block++) {
                kernelToRun.run(phaseToRun, block);
            }
            return;
        }
        kernel = kernelToRun;
        phase = phaseToRun;
        blocks = blockCount;
        next.set(0);
        running.set(workers.length);
        round.incrementAndGet();
        for (int i = 0; i < workers.length; i++) {
            if (asleep.get(i) == 1) {
                LockSupport.unpark(workers[i]);
            }
        }
        drain();
        for (int spins = 0; running.get() != 0; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        rethrow();
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

    private void drain() {
        try {
            for (int block = next.getAndIncrement();
                    block < blocks;
                    block = next.getAndIncrement()) {
                kernel.run(phase, block);
            }
        } catch (RuntimeException | Error thrown) {
            next.set(blocks);
            failure = thrown;
        }
    }

    private void work(int worker) {
        int seen = 0;
        while (true) {
            for (int spins = 0; round.get() == seen && !closed; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    sleep(worker, seen);
                }
            }
            if (closed) {
                return;
            }
            seen = round.get();
            drain();
            running.decrementAndGet();
        }
    }

    private void sleep(int worker, int seen) {
        asleep.set(worker, 1);
        // The round may have moved before the flag was up; the caller then sent no wake-up.
        if (round.get() == seen && !closed) {
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
