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
    void whatSomethingStandsOnIsFreedAfterIt() {
        Lifetime bucket = new Lifetime("the bucket", lifetime);
        Lifetime handle = new Lifetime("the handle", bucket, lifetime);
        lifetime.close(freed::incrementAndGet);
        bucket.close(freed::incrementAndGet);
        assertThat(freed).hasValue(0);
        assertThatThrownBy(lifetime::use).hasMessage("the well is closed");
        handle.requireOpen();
        handle.close(() -> assertThat(freed).hasValue(0));
        assertThat(freed).hasValue(2);
    }

    @Test
    void nothingStandsOnWhatIsClosed() {
        Lifetime other = new Lifetime("the other well");
        lifetime.close(freed::incrementAndGet);
        assertThatThrownBy(() -> new Lifetime("the bucket", other, lifetime))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the well is closed");
        other.close(freed::incrementAndGet); // the bucket does not hold it
        assertThat(freed).hasValue(2);
    }
}
