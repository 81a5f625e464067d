package gsdm.tensor.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.backend.Traffic;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Block.Role;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.List;

/** What moves, and when: out = x + weight over N numbers, and weight = out, of at most 64. */
@Tag("gpu")
class TornadoTrafficTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final Dim N = Dim.named("N", 0);
    private static final Extents RESERVE = Extents.NONE.with(N, 64);
    private static final long BLOCK = 64 * Float.BYTES;

    private final Block weights = new Block("weights", Role.LASTING);
    private final Block inputs = new Block("inputs", Role.INPUT);
    private final Block results = new Block("results", Role.RESULT);
    private final Slot weight = weights.floats("weight", N);
    private final Slot x = inputs.floats("x", N);
    private final Slot out = results.floats("out", N);

    private Program sum() {
        ProgramBuilder builder = new ProgramBuilder("sum");
        builder.keep(builder.add(x, weight), out);
        return builder.build();
    }

    private Program carry() {
        ProgramBuilder builder = new ProgramBuilder("carry");
        builder.keep(out, weight);
        return builder.build();
    }

    private static float at(Memory memory, Slot slot, int index) {
        return memory.read(slot).getAtIndex(FLOAT, index);
    }

    @Test
    void programsShareWhatIsOnTheDevice() {
        try (Backend device = TestDevice.open(1);
                Memory memory = device.allocate(RESERVE, List.of(weights, inputs, results));
                Executable sum = device.compile(sum(), memory, RESERVE);
                Executable carry = device.compile(carry(), memory, RESERVE)) {
            memory.write(weight).setAtIndex(FLOAT, 63, 2);
            memory.write(x).setAtIndex(FLOAT, 63, 3);
            sum.run(64);
            carry.run(64);
            Traffic started = device.traffic();
            sum.run(64);
            carry.run(64);
            assertThat(device.traffic().since(started).bytesUp()).isZero();
            assertThat(device.traffic().since(started).bytesDown()).isZero();
            assertThat(device.traffic().since(started).kernels()).isZero();
            assertThat(at(memory, weight, 63)).isEqualTo(8);
            assertThat(device.traffic().since(started).bytesDown()).isBetween(BLOCK, 2 * BLOCK);
            sum.run(64);
            assertThat(device.traffic().since(started).bytesUp()).isZero();
            assertThat(at(memory, out, 63)).isEqualTo(11);
        }
    }

    @Test
    void whatIsWrittenMovesBeforeTheNextRunAndAlone() {
        try (Backend device = TestDevice.open(1);
                Memory memory = device.allocate(RESERVE, List.of(weights, inputs, results));
                Executable sum = device.compile(sum(), memory, RESERVE)) {
            memory.write(weight).setAtIndex(FLOAT, 0, 2);
            sum.run(64);
            Traffic started = device.traffic();
            memory.write(x).setAtIndex(FLOAT, 0, 5);
            assertThat(device.traffic().since(started).bytesUp()).isZero();
            sum.run(64);
            assertThat(device.traffic().since(started).bytesUp()).isBetween(BLOCK, 2 * BLOCK);
            assertThat(at(memory, out, 0)).isEqualTo(7);
        }
    }

    @Test
    void whatOneMemoryComputesOfASharedBlockReachesTheOther() {
        try (Backend device = TestDevice.open(1);
                Memory parent = device.allocate(RESERVE, List.of(weights, results));
                Memory first = device.allocate(RESERVE, List.of(inputs), parent);
                Memory second = device.allocate(RESERVE, List.of(inputs.like("other")), parent);
                Executable sum = device.compile(sum(), first, RESERVE);
                Executable carry = device.compile(carry(), second, RESERVE)) {
            parent.write(weight).setAtIndex(FLOAT, 1, 2);
            first.write(x).setAtIndex(FLOAT, 1, 1);
            for (int i = 0; i < 3; i++) {
                sum.run(64);
                carry.run(64);
            }
            assertThat(at(parent, weight, 1)).isEqualTo(5);
        }
    }

    /** As a training does, whose evaluations come and go. */
    @Test
    void aMemoryThatIsFreedLeavesOthersWorking() {
        try (Backend device = TestDevice.open(1);
                Memory memory = device.allocate(RESERVE, List.of(weights, inputs, results));
                Executable sum = device.compile(sum(), memory, RESERVE)) {
            memory.write(weight).setAtIndex(FLOAT, 4, 2);
            memory.write(x).setAtIndex(FLOAT, 4, 3);
            sum.run(64);
            for (int i = 1; i <= 2; i++) {
                try (Memory other = device.allocate(RESERVE, List.of(weights, inputs, results));
                        Executable again = device.compile(sum(), other, RESERVE)) {
                    other.write(weight).setAtIndex(FLOAT, 4, i);
                    other.write(x).setAtIndex(FLOAT, 4, i);
                    again.run(64);
                    assertThat(at(other, out, 4)).isEqualTo(2 * i);
                }
                memory.write(x).setAtIndex(FLOAT, 4, 5 + i);
                sum.run(64);
                assertThat(at(memory, out, 4)).isEqualTo(7 + i);
            }
        }
    }

    @Test
    void aCopyOfABlockAndAProgramThatComesLater() {
        Block twin = weights.like("twin");
        try (Backend device = TestDevice.open(1);
                Memory memory = device.allocate(RESERVE, List.of(weights, twin, inputs, results));
                Executable sum = device.compile(sum(), memory, RESERVE)) {
            memory.write(weight).setAtIndex(FLOAT, 2, 2);
            sum.run(3);
            try (Executable carry = device.compile(carry(), memory, RESERVE)) {
                carry.run(3);
                sum.run(3);
                carry.run(3);
            }
            memory.copy(weights, twin);
            assertThat(at(memory, twin.twin(weight), 2)).isEqualTo(2);
            memory.map(x).setAtIndex(FLOAT, 2, 4);
            sum.run(3);
            assertThat(at(memory, out, 2)).isEqualTo(6);
        }
    }

    @Test
    void integersAndFloatsOfOneBlockAreThereTwice() {
        Block mixed = new Block("mixed", Role.INPUT);
        mixed.floats("floats", N);
        mixed.ints("ints", N);
        try (Backend device = TestDevice.open(1);
                Memory memory = device.allocate(RESERVE, List.of(mixed))) {
            assertThat(device.estimate(mixed, RESERVE)).isEqualTo(4 * BLOCK);
            assertThat(memory.bytes()).isEqualTo(4 * BLOCK);
            assertThat(device.estimate(inputs, RESERVE)).isEqualTo(BLOCK);
        }
    }
}
