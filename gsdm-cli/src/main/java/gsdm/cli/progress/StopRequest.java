package gsdm.cli.progress;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C as a wish: the process asks its work to stop and waits until that has saved what it has.
 * The JDK answers SIGINT and SIGTERM by running shutdown hooks and then exits with 128 plus the
 * signal's number, 130 for Ctrl-C; the hook here is what waits.
 */
public final class StopRequest implements AutoCloseable {

    private static final long LONGEST_WAIT_SECONDS = 120;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::onShutdown, "stop-request");
    private volatile boolean requested;

    private StopRequest() {}

    /** Listens until closed. */
    public static StopRequest listen() {
        StopRequest request = new StopRequest();
        Runtime.getRuntime().addShutdownHook(request.hook);
        return request;
    }

    /** Whether the work should stop; asked between steps. */
    public boolean requested() {
        return requested;
    }

    /** Asks the work to stop. */
    public void request() {
        requested = true;
    }

    private void onShutdown() {
        request();
        try {
            boolean _ = finished.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The work has ended and saved what it has: the process may go. */
    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // already shutting down: the hook is running and has just been let go
        }
    }
}
