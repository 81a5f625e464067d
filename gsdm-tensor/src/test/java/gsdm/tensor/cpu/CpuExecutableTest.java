package gsdm.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.contract.Programs;
import gsdm.tensor.contract.TestProgram;
import gsdm.tensor.cpu.scalar.ScalarKernels;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

class CpuExecutableTest {
    private static final List<Block> MORE = List.of(new Block("more", Block.Role.INPUT));

    private static TestProgram program() {
        TestProgram program = Programs.stack("", 2, 13, 32, Attention.Neighbours.SPARSE).compose();
        program.differentiate();
        return program;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void runsAllocateNothing(int threads) {
        ThreadMXBean threadsBean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        TestProgram program = program();
        try (Backend backend = Backends.open("scalar", threads);
                Memory memory = program.memory(backend, program.extents());
                Executable executable =
                        backend.compile(program.program(), memory, program.extents())) {
            int[] sizes = program.extents().toArray();
            long fewest = Long.MAX_VALUE;
            for (int i = 0; i < 30; i++) {
                long before = threadsBean.getTotalThreadAllocatedBytes();
                for (int run = 0; run < 5; run++) {
                    executable.run(sizes);
                }
                fewest = Math.min(fewest, threadsBean.getTotalThreadAllocatedBytes() - before);
            }
            // Other threads of the virtual machine may allocate now and then, but not always.
            assertThat(fewest).isZero();
        }
    }

    @Test
    void sizesAboveTheReserveAreRefused() {
        TestProgram program = program();
        try (Backend backend = Backends.open("scalar", 1);
                Memory memory = program.memory(backend, program.extents());
                Executable executable =
                        backend.compile(program.program(), memory, program.extents())) {
            Extents larger = program.extents().with(program.dim("B"), 3);
            assertThatThrownBy(() -> executable.run(larger.toArray()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("dimension B is 3 but was planned for at most 2");
            assertThatThrownBy(() -> executable.run())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no size given for dimension");
            assertThatThrownBy(() -> backend.compile(program.program(), memory, larger))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("memory was allocated for");
        }
    }

    /** What a program takes is known before it is bound to memory, fused or in parts. */
    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void whatIsReservedIsWhatWasEstimated(String device) {
        for (Attention.Neighbours how : Attention.Neighbours.values()) {
            TestProgram program = Programs.stack("", 3, 207, 32, how).compose();
            program.differentiate();
            Extents sizes = program.extents();
            Program composed = program.program();
            try (Backend backend = Backends.open(device, 2);
                    Memory memory = program.memory(backend, sizes)) {
                for (Program each : List.of(composed, composed.inParts())) {
                    try (Executable executable = backend.compile(each, memory, sizes)) {
                        assertThat(backend.estimate(each, sizes))
                                .isEqualTo(executable.bytesReserved());
                    }
                }
            }
        }
    }

    @Test
    void temporariesInPiecesGiveTheSameBits() {
        TestProgram program = program();
        Extents sizes = program.extents();
        Map<Slot, float[]> expected;
        try (Backend backend = Backends.open("scalar", 1)) {
            expected = program.run(backend, sizes);
        }
        long largest = 1 << 14;
        MemoryPlan plan = MemoryPlan.scratch(program.program().inParts(), sizes, largest);
        assertThat(plan.pieces()).hasSizeGreaterThan(2);
        try (Backend backend = new CpuBackend("pieces", "", new ScalarKernels(), 2, largest)) {
            Map<Slot, float[]> found = program.run(backend, sizes);
            expected.forEach((slot, values) -> assertThat(found.get(slot)).isEqualTo(values));
        }
    }

    @Test
    void memoryOfAnotherBackendIsRefused() {
        Memory strange =
                (Memory)
                        Proxy.newProxyInstance(
                                Memory.class.getClassLoader(),
                                new Class<?>[] {Memory.class},
                                (_, _, _) -> null);
        try (Backend backend = Backends.open("scalar", 1)) {
            assertThatThrownBy(() -> backend.allocate(Extents.NONE, MORE, strange))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("works on memory that it allocated itself");
        }
    }

    @Test
    void whatIsClosedDoesNotRun() {
        TestProgram program = program();
        Extents sizes = program.extents();
        try (Backend backend = Backends.open("scalar", 2)) {
            Memory memory = program.memory(backend, sizes);
            Executable first = backend.compile(program.program(), memory, sizes);
            Executable second = backend.compile(program.program(), memory, sizes);
            first.close();
            second.run(sizes.toArray());
            assertClosed(first, sizes);
            memory.close();
            assertClosed(second, sizes);
            second.close();
            first.close();
            memory.close();
            assertThatThrownBy(() -> backend.compile(program.program(), memory, sizes))
                    .hasMessageContaining("closed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void whatOtherMemoryStandsOnStaysUntilThatIsClosed(String device) {
        TestProgram program = program();
        Extents sizes = program.extents();
        try (Backend backend = Backends.open(device, 2)) {
            Memory memory = program.memory(backend, sizes);
            Memory child = backend.allocate(sizes, MORE, memory);
            assertThat(child.bytes()).isEqualTo(MemoryPlan.ALIGNMENT);
            Executable executable = backend.compile(program.program(), child, sizes);
            memory.close();
            assertThat(memory.isOpen()).isFalse();
            assertThatThrownBy(() -> memory.read(program.parameters().getFirst()))
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> backend.allocate(sizes, MORE, memory))
                    .hasMessageContaining("closed");
            executable.run(sizes.toArray());
            child.close();
            assertClosed(executable, sizes);
            executable.close();
        }
    }

    /** Whatever is closed while a thread runs, the thread ends with words. */
    @ParameterizedTest
    @CsvSource({"scalar, 0", "vector, 0", "vector, 1", "vector, 2"})
    void closingWaitsForTheRunInProgress(String device, int which) throws Exception {
        TestProgram program = program();
        Extents sizes = program.extents();
        for (int round = 0; round < 40; round++) {
            try (Backend backend = Backends.open(device, 2);
                    Memory memory = program.memory(backend, sizes);
                    Memory child = backend.allocate(sizes, MORE, memory);
                    Executable executable = backend.compile(program.program(), child, sizes)) {
                int[] actual = sizes.toArray();
                CountDownLatch running = new CountDownLatch(3);
                Callable<Void> untilClosed =
                        () -> {
                            while (true) {
                                executable.run(actual);
                                running.countDown();
                            }
                        };
                FutureTask<Void> task = new FutureTask<>(untilClosed);
                Thread.ofPlatform().start(task);
                running.await();
                List.of(child, executable, backend).get(which).close();
                assertThatThrownBy(task::get)
                        .cause()
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed");
            }
        }
    }

    @Test
    void aClosedBackendDoesNotRun() {
        TestProgram program = program();
        Backend backend = Backends.open("scalar", 2);
        try (Memory memory = program.memory(backend, program.extents());
                Executable executable =
                        backend.compile(program.program(), memory, program.extents())) {
            backend.close();
            assertClosed(executable, program.extents());
            assertThatThrownBy(() -> backend.compile(program.program(), memory, Extents.NONE))
                    .hasMessageContaining("closed");
            backend.close();
        }
    }

    private static void assertClosed(Executable executable, Extents sizes) {
        assertThatThrownBy(() -> executable.run(sizes.toArray()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
