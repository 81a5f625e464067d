package gsdm.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.contract.Programs;
import gsdm.tensor.contract.TestProgram;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whatever integer in memory is spoilt, a run is refused in words and reads nothing beside. */
class IndicesTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void everyIntegerThatKernelsFollowIsChecked(String device) {
        for (Attention.Neighbours how :
                List.of(Attention.Neighbours.SPARSE, Attention.Neighbours.PADDED)) {
            TestProgram program = Programs.stack("", 2, 13, 32, how).compose();
            program.differentiate();
            spoilAll(device, program);
        }
    }

    private static void spoilAll(String device, TestProgram program) {
        Extents sizes = program.extents();
        Set<Slot> integers =
                program.program().ops().stream()
                        .flatMap(op -> op.inputs().stream())
                        .filter(slot -> slot.type() == DataType.I32)
                        .collect(Collectors.toSet());
        assertThat(integers).hasSize(6);
        try (Backend backend = Backends.open(device, 2);
                Memory memory = program.memory(backend, sizes);
                Executable executable = backend.compile(program.program(), memory, sizes)) {
            executable.run(sizes.toArray());
            for (Slot slot : integers) {
                MemorySegment data = memory.map(slot);
                long last = data.byteSize() / Integer.BYTES - 1;
                for (long at : new long[] {0, last / 2, last}) {
                    for (int bad : new int[] {-1, Integer.MIN_VALUE, 1000, Integer.MAX_VALUE}) {
                        int good = data.getAtIndex(INT, at);
                        data.setAtIndex(INT, at, bad);
                        assertThatThrownBy(() -> executable.run(sizes.toArray()))
                                .as("%d at %d of %s", bad, at, slot)
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining(slot.toString())
                                .hasMessageContaining("must lie in [0, ");
                        data.setAtIndex(INT, at, good);
                    }
                }
            }
            executable.run(sizes.toArray());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "vector"})
    void aRowLongerThanTheDegreeIsRefused(String device) {
        for (Attention.Neighbours how :
                List.of(Attention.Neighbours.SPARSE, Attention.Neighbours.PADDED)) {
            TestProgram program = Programs.stack("", 1, 300, 32, how).compose();
            Extents sizes = program.extents();
            Extents small = sizes.with(program.dim("degree"), 1);
            try (Backend backend = Backends.open(device, 1);
                    Memory memory = program.memory(backend, sizes);
                    Executable executable = backend.compile(program.program(), memory, small)) {
                assertThatThrownBy(() -> executable.run(small.toArray()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("at most 1 entries (degree)");
            }
        }
    }
}
