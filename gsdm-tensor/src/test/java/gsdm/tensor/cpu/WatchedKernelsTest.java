package gsdm.tensor.cpu;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.contract.Programs;
import gsdm.tensor.contract.TestProgram;
import gsdm.tensor.contract.UpdateProgram;
import gsdm.tensor.cpu.scalar.ScalarKernels;
import gsdm.tensor.cpu.vector.VectorKernels;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Beyond the contract: kernel by kernel, temporaries and padding included. */
class WatchedKernelsTest {
    static List<Programs.Case> cases() {
        return Programs.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void scalarKernelsChangeTheirOutputsAlone(Programs.Case test) {
        check(new ScalarKernels(), test);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void vectorKernelsChangeTheirOutputsAlone(Programs.Case test) {
        check(new VectorKernels(0), test);
    }

    private static void check(KernelFactory kernels, Programs.Case test) {
        TestProgram program = test.compose();
        program.differentiate();
        Extents reserve = program.larger();
        WatchedKernels watched = new WatchedKernels(kernels, program.program(), reserve);
        try (Backend device = new CpuBackend("watched", "test", watched, 1);
                Memory memory = program.memory(device, reserve);
                Executable executable = device.compile(program.program(), memory, reserve)) {
            executable.run(program.extents().toArray());
            watched.finish();
        }
    }

    @Test
    void updatesChangeTheirBlocksAlone() {
        for (KernelFactory kernels : List.of(new ScalarKernels(), new VectorKernels())) {
            UpdateProgram step = new UpdateProgram();
            Program program = step.program();
            WatchedKernels watched = new WatchedKernels(kernels, program, Extents.NONE);
            try (Backend device = new CpuBackend("watched", "test", watched, 1);
                    Memory memory = step.memory(device);
                    Executable update = device.compile(program, memory, Extents.NONE)) {
                for (Block block : step.blocks()) {
                    MemorySegment floats = memory.write(block);
                    RandomStream.fillUniform(1, 0, floats, 0, (int) (floats.byteSize() / 4));
                }
                update.run();
                watched.finish();
            }
        }
    }
}
