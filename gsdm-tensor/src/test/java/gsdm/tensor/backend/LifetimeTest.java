package gsdm.tensor.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;

class LifetimeTest {
    private final Lifetime lifetime = new Lifetime("the well");
    private final AtomicInteger freed = new AtomicInteger();

    /** Starts closing on another thread and returns once that waits. */
    private Thread closing() {
        Thread thread = Thread.ofPlatform().start(() -> lifetime.close(freed::incrementAndGet));
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(thread.isAlive()).isTrue();
            Thread.onSpinWait();
        }
        return thread;
    }

    @Test
    void closingWaitsForEveryUse() throws InterruptedException {
        Thread closer;
        try (Lifetime.Use _ = lifetime.use()) {
            try (Lifetime.Use _ = lifetime.use()) {
                closer = closing();
            }
            assertThat(freed).hasValue(0);
            assertThat(lifetime.isOpen()).isFalse();
            assertThatThrownBy(lifetime::use).hasMessage("the well is closed");
        }
        closer.join();
        assertThat(freed).hasValue(1);
    }

    @Test
    void anInterruptDoesNotFreeWhatIsUsed() throws InterruptedException {
        Thread closer;
        try (Lifetime.Use _ = lifetime.use()) {
            closer = closing();
            closer.interrupt();
            assertThat(freed).hasValue(0);
        }
        closer.join();
        assertThat(freed).hasValue(1);
    }

    @Test
    void closingTwiceFreesOnce() {
        lifetime.close(freed::incrementAndGet);
        lifetime.close(freed::incrementAndGet);
        assertThat(freed).hasValue(1);
        assertThatThrownBy(lifetime::requireOpen)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the well is closed");
    }

    @Test
    void aThreadDoesNotWaitForItself() {
        try (Lifetime.Use _ = lifetime.use()) {
            assertThatThrownBy(() -> lifetime.close(freed::incrementAndGet))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the well cannot be closed by the thread");
            lifetime.requireOpen();
        }
        lifetime.close(freed::incrementAndGet);
        assertThat(freed).hasValue(1);
    }

    @Test
    void whatStandsOnSomethingClosedIsClosed() throws InterruptedException {
        Lifetime bucket = lifetime.extend("the bucket");
        Lifetime handle = bucket.extend("the handle");
        Thread closer;
        try (Lifetime.Use _ = handle.use()) {
            closer = closing();
            assertThat(freed).hasValue(0);
        }
        closer.join();
        assertThat(freed).hasValue(1);
        assertThat(handle.isOpen()).isFalse();
        assertThatThrownBy(handle::use).hasMessage("the well is closed");
        bucket.close(freed::incrementAndGet); // waits for nothing: the use refused was taken back
        assertThat(freed).hasValue(2);
    }
}
