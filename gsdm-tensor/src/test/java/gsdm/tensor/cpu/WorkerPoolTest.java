package gsdm.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;

import gsdm.tensor.program.Extents;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;

class WorkerPoolTest {
    private record Blocks(int count, IntConsumer body) implements Kernel {
        @Override
        public void prepare(Extents extents, MemorySegment workspace) {}

        @Override
        public int blocks(int phase) {
            return count;
        }

        @Override
        public void run(int phase, int block) {
            body.accept(block);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everyBlockRunsOnceARound(int threads) {
        AtomicIntegerArray runs = new AtomicIntegerArray(103);
        try (WorkerPool pool = new WorkerPool(threads)) {
            for (int round = 1; round <= 2000; round++) {
                pool.run(new Blocks(runs.length(), runs::getAndIncrement), 0, runs.length());
                for (int i = 0; i < runs.length(); i++) {
                    assertThat(runs.get(i)).as("block %d, round %d", i, round).isEqualTo(round);
                }
            }
        }
    }

    @Test
    void whoHasNothingLeftTakesFromTheOthers() {
        AtomicInteger others = new AtomicInteger();
        Blocks firstWaitsForTheRest =
                new Blocks(
                        20,
                        block -> {
                            if (block > 0) {
                                others.getAndIncrement();
                            }
                            while (block == 0 && others.get() < 19) {
                                Thread.onSpinWait();
                            }
                        });
        try (WorkerPool pool = new WorkerPool(2)) {
            pool.run(firstWaitsForTheRest, 0, 20);
        }
        assertThat(others).hasValue(19);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void whatABlockThrowsReachesTheCallerAndThePoolGoesOn(int threads) {
        try (WorkerPool pool = new WorkerPool(threads)) {
            for (int round = 0; round < 50; round++) {
                int bad = round;
                Blocks failing =
                        new Blocks(
                                50,
                                block -> {
                                    if (block == bad) {
                                        throw new IndexOutOfBoundsException("block " + bad);
                                    }
                                });
                assertThatThrownBy(() -> pool.run(failing, 0, 50))
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessage("block " + bad);
                AtomicIntegerArray runs = new AtomicIntegerArray(9);
                pool.run(new Blocks(9, runs::getAndIncrement), 0, 9);
                assertThat(runs).hasToString("[1, 1, 1, 1, 1, 1, 1, 1, 1]");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void tasksAreSharedBetweenKernels(int threads) {
        AtomicIntegerArray runs = new AtomicIntegerArray(7);
        try (WorkerPool pool = new WorkerPool(threads)) {
            for (int round = 1; round <= 500; round++) {
                pool.share(runs.length(), runs::getAndIncrement);
                pool.run(new Blocks(runs.length(), runs::getAndIncrement), 0, runs.length());
                for (int i = 0; i < runs.length(); i++) {
                    assertThat(runs.get(i)).as("task %d", i).isEqualTo(2 * round);
                }
            }
            IntConsumer failing =
                    number -> {
                        throw new IndexOutOfBoundsException("task " + number);
                    };
            assertThatThrownBy(() -> pool.share(1, failing)).hasMessage("task 0");
        }
    }

    /** Each waits for all the others to begin. */
    @Test
    void asManyTasksRunAtATimeAsThereAreThreads() {
        AtomicInteger begun = new AtomicInteger();
        try (WorkerPool pool = new WorkerPool(3)) {
            pool.share(
                    3,
                    _ -> {
                        begun.getAndIncrement();
                        while (begun.get() < 3) {
                            Thread.onSpinWait();
                        }
                    });
        }
        assertThat(begun).hasValue(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void sharingAllocatesNothing(int threads) {
        AtomicInteger sum = new AtomicInteger();
        IntConsumer task = sum::addAndGet;
        ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        try (WorkerPool pool = new WorkerPool(threads)) {
            for (int round = 0; round < 20; round++) {
                long before = beans.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 100; i++) {
                    pool.share(4, task);
                }
                least = Math.min(least, beans.getCurrentThreadAllocatedBytes() - before);
            }
        }
        assertThat(sum).hasValue(20 * 100 * 6);
        assertThat(least).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aClosedPoolRefuses(int threads) {
        WorkerPool pool = new WorkerPool(threads);
        pool.close();
        pool.close();
        assertThatThrownBy(() -> pool.run(new Blocks(4, block -> {}), 0, 4))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> pool.share(4, task -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aPoolNeedsAThread() {
        assertThatThrownBy(() -> new WorkerPool(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found 0");
    }
}
