package gsdm.tensor.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How long something can be used: by any number of threads, until it is closed. Closing waits for
 * the uses in progress, since kernels work on addresses and would not notice that the memory behind
 * them is freed; whoever comes later is told that it is closed. Whatever owns memory has one. A use
 * allocates nothing.
 */
public final class Lifetime {
    /** A use in progress; its end must be told once. */
    public interface Use extends AutoCloseable {
        @Override
        void close();
    }

    private final String what;
    private final Optional<Lifetime> base;
    private final Use use = this::end;
    private final List<Thread> users = new ArrayList<>();
    private boolean closed;

    /**
     * Open until {@link #close}.
     *
     * @param what is used, for messages: {@code the posterior}
     */
    public Lifetime(String what) {
        this(what, Optional.empty());
    }

    private Lifetime(String what, Optional<Lifetime> base) {
        this.what = what;
        this.base = base;
    }

    /** That of something which stands on this: using it uses this too. */
    public Lifetime extend(String whatStands) {
        return new Lifetime(whatStands, Optional.of(this));
    }

    /**
     * Begins a use, for a try-with-resources statement.
     *
     * @throws IllegalStateException if this, or what it stands on, is closed
     */
    public Use use() {
        begin();
        return use;
    }

    private void begin() {
        base.ifPresent(Lifetime::begin);
        try {
            enter();
        } catch (IllegalStateException refused) {
            base.ifPresent(Lifetime::end);
            throw refused;
        }
    }

    private synchronized void enter() {
        if (closed) {
            throw new IllegalStateException(what + " is closed");
        }
        users.add(Thread.currentThread());
    }

    private void end() {
        leave();
        base.ifPresent(Lifetime::end);
    }

    private synchronized void leave() {
        users.remove(Thread.currentThread());
        notifyAll();
    }

    /**
     * Fails unless this can be used.
     *
     * @throws IllegalStateException if this, or what it stands on, is closed
     */
    public void requireOpen() {
        use().close();
    }

    /** Whether neither this nor what it stands on is closed. */
    public boolean isOpen() {
        synchronized (this) {
            if (closed) {
                return false;
            }
        }
        return base.isEmpty() || base.get().isOpen();
    }

    /**
     * Ends it: refuses further uses, waits for those in progress, then frees. Does nothing where it
     * is closed already.
     *
     * @param free gives back what was used
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
        }
        free.run();
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
