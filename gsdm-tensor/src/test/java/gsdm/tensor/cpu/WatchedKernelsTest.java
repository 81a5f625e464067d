package gsdm.tensor.cpu;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.contract.Programs;
import gsdm.tensor.contract.TestProgram;
import gsdm.tensor.cpu.scalar.ScalarKernels;
import gsdm.tensor.cpu.vector.VectorKernels;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;
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
        check(new VectorKernels(), test);
    }

    private static void check(KernelFactory kernels, Programs.Case test) {
        TestProgram program = test.compose();
        program.differentiate();
        Extents reserve = program.larger();
        WatchedKernels watched = new WatchedKernels(kernels, program.program());
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
            Block parameters = new Block("parameters", Block.Role.LASTING);
            for (int size : new int[] {1, 13, 4098}) {
                parameters.floats("p" + size, Dim.of(size));
            }
            Block gradients = parameters.like("gradients");
            Block moment1 = parameters.like("moment1");
            Block moment2 = parameters.like("moment2");
            Block average = parameters.like("average");
            Block step = new Block("step", Block.Role.STATE);
            Slot state = step.floats("state", Dim.of(StepState.SIZE));
            ProgramBuilder builder = new ProgramBuilder("update");
            builder.append(new SquaredNorm(gradients, state));
            builder.append(new Adam(parameters, gradients, moment1, moment2, state));
            builder.append(new MovingAverage(average, parameters, state));
            Program program = builder.build();
            List<Block> blocks = List.of(parameters, gradients, moment1, moment2, average, step);
            WatchedKernels watched = new WatchedKernels(kernels, program);
            try (Backend device = new CpuBackend("watched", "test", watched, 1);
                    Memory memory = device.allocate(Extents.NONE, blocks);
                    Executable update = device.compile(program, memory, Extents.NONE)) {
                for (Block block : blocks) {
                    MemorySegment floats = memory.write(block);
                    RandomStream.fillUniform(1, 0, floats, 0, (int) (floats.byteSize() / 4));
                }
                update.run();
                watched.finish();
            }
        }
    }
}
