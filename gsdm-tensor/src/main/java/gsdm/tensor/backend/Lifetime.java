package gsdm.tensor.backend;

import java.util.ArrayList;
import java.util.List;

/**
 * How long something can be used: by any number of threads, until it is closed. Closing waits for
 * the uses in progress, since kernels work on addresses and would not notice that the memory behind
 * them is freed; whoever comes later is told that it is closed. Whatever owns memory has one. A use
 * allocates nothing.
 *
 * <p>What stands on other things keeps them: closed or not, they are freed after it.
 */
public final class Lifetime {
    /** A use in progress; its end must be told once. */
    public interface Use extends AutoCloseable {
        @Override
        void close();
    }

    private final String what;
    private final List<Lifetime> parents = new ArrayList<>();
    private final Use use = this::leave;
    private final List<Thread> users = new ArrayList<>();
    private boolean closed;
    private int holders = 1; // itself until it is closed, and whatever stands on it
    private Runnable free = () -> {};

    /**
     * Open until {@link #close}.
     *
     * @param what is used, for messages: {@code the posterior}
     * @param parents what it stands on
     * @throws IllegalStateException if one of those is closed
     */
    public Lifetime(String what, Lifetime... parents) {
        this.what = what;
        try {
            for (Lifetime parent : parents) {
                parent.hold();
                this.parents.add(parent);
            }
        } catch (IllegalStateException refused) {
            this.parents.forEach(Lifetime::release);
            throw refused;
        }
    }

    private synchronized void hold() {
        refuseIfClosed();
        holders++;
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new IllegalStateException(what + " is closed");
        }
    }

    /**
     * Begins a use, for a try-with-resources statement.
     *
     * @throws IllegalStateException if this is closed
     */
    public synchronized Use use() {
        refuseIfClosed();
        users.add(Thread.currentThread());
        return use;
    }

    private synchronized void leave() {
        users.remove(Thread.currentThread());
        notifyAll();
    }

    /**
     * Fails unless this can be used.
     *
     * @throws IllegalStateException if this is closed
     */
    public synchronized void requireOpen() {
        refuseIfClosed();
    }

    /** Whether this is not closed. */
    public synchronized boolean isOpen() {
        return !closed;
    }

    /**
     * Ends it: refuses further uses and waits for those in progress. Does nothing where it is
     * closed already.
     *
     * @param free gives back what was used, now or when the last of what stands on this is closed
     * @throws IllegalStateException if this thread is using it, which it would wait for in vain
     */
    public void close(Runnable free) {
        synchronized (this) {
            if (closed) {
                return;
            }
            if (users.contains(Thread.currentThread())) {
                throw new IllegalStateException(
                        what + " cannot be closed by the thread that is using it; close it after");
            }
            closed = true;
            awaitUsers();
            this.free = free;
        }
        release();
    }

    private void release() {
        synchronized (this) {
            holders--;
            if (holders > 0) {
                return;
            }
        }
        try {
            free.run();
        } finally {
            parents.forEach(Lifetime::release);
        }
    }

    private synchronized void awaitUsers() {
        boolean interrupted = false;
        while (!users.isEmpty()) {
            try {
                wait();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
