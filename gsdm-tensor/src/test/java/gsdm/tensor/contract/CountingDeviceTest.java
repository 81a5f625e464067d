package gsdm.tensor.contract;

import static gsdm.tensor.contract.CountingDevice.Way.FROM_DEVICE;
import static gsdm.tensor.contract.CountingDevice.Way.TO_DEVICE;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Block.Role;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/** What moves, and when: out = x + weight over N numbers, of at most ten. */
class CountingDeviceTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final Dim N = Dim.named("N", 0);
    private static final Extents RESERVE = Extents.NONE.with(N, 10);

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

    @Test
    void whatWasWrittenMovesOnceAndWhatWasComputedWhenItIsRead() {
        try (CountingDevice device = new CountingDevice(1);
                Memory parent = device.allocate(RESERVE, List.of(weights));
                Memory memory = device.allocate(RESERVE, List.of(inputs, results), parent);
                Executable executable = device.compile(sum(), memory, RESERVE)) {
            parent.write(weight).setAtIndex(FLOAT, 0, 2);
            memory.write(x).setAtIndex(FLOAT, 0, 3);
            assertThat(device.moved(TO_DEVICE)).isEmpty();
            executable.run(7);
            assertThat(device.moved(TO_DEVICE))
                    .isEqualTo(Map.of(Role.LASTING, 28L, Role.INPUT, 28L));
            assertThat(device.moved(FROM_DEVICE)).isEmpty();
            assertThat(memory.read(out).getAtIndex(FLOAT, 0)).isEqualTo(5);
            memory.read(out);
            memory.read(weight);
            assertThat(device.moved(FROM_DEVICE)).isEqualTo(Map.of(Role.RESULT, 28L));
            device.forget();
            memory.map(x).setAtIndex(FLOAT, 0, 4);
            executable.run(1);
            assertThat(device.moved(TO_DEVICE)).isEqualTo(Map.of(Role.INPUT, 4L));
            assertThat(memory.read(out).getAtIndex(FLOAT, 0)).isEqualTo(6);
            assertThat(device.moved(FROM_DEVICE)).isEqualTo(Map.of(Role.RESULT, 4L));
        }
    }

    @Test
    void aCopyStaysOnTheDevice() {
        Block twin = weights.like("twin");
        try (CountingDevice device = new CountingDevice(1);
                Memory memory = device.allocate(RESERVE, List.of(weights, twin))) {
            memory.write(weight).setAtIndex(FLOAT, 9, 2);
            memory.copy(weights, twin);
            assertThat(device.moved(TO_DEVICE)).isEqualTo(Map.of(Role.LASTING, 40L));
            assertThat(device.moved(FROM_DEVICE)).isEmpty();
            assertThat(memory.read(twin.twin(weight)).getAtIndex(FLOAT, 9)).isEqualTo(2);
            assertThat(device.moved(FROM_DEVICE)).isEqualTo(Map.of(Role.LASTING, 40L));
        }
    }
}
