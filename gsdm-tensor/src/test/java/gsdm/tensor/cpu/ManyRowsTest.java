package gsdm.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.contract.Programs;
import gsdm.tensor.contract.TestProgram;
import gsdm.tensor.cpu.scalar.ScalarKernels;
import gsdm.tensor.cpu.vector.VectorKernels;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** A batch of 2^16 examples of 2^16 nodes: the low 32 bits of their product are zero. */
class ManyRowsTest {
    private static final int MANY = 1 << 16;

    static List<Programs.Case> cases() {
        return Programs.small().stream()
                .filter(each -> {
                    TestProgram program = each.compose();
                    return program.dim("B") != null && program.dim("N") != null;
                })
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void areRefusedOrAllComputed(Programs.Case test) {
        TestProgram program = test.compose();
        program.differentiate();
        Extents sizes = program.extents();
        for (String name : List.of("B", "N", "N1")) {
            if (program.dim(name) != null) {
                sizes = sizes.with(program.dim(name), MANY);
            }
        }
        KernelFactory vector = new VectorKernels(0);
        for (Op op : CpuProgram.fused(program.program(), vector, sizes).ops()) {
            check(vector.bind(op, new Nowhere()), op, sizes);
        }
        for (Op op : program.program().inParts().ops()) {
            check(new ScalarKernels().bind(op, new Nowhere()), op, sizes);
        }
    }

    private static void check(Kernel kernel, Op op, Extents sizes) {
        try {
            kernel.prepare(sizes, MemorySegment.NULL);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageContaining("lower the batch or the number of nodes");
            return;
        } catch (ArithmeticException _) {
            return;
        }
        assertThat(kernel.blocks(kernel.phases() - 1)).as("blocks of %s", op).isPositive();
    }

    /** Kernels know sizes before they have memory. */
    private record Nowhere() implements Addresses {
        @Override
        public MemorySegment segment(Slot slot) {
            return MemorySegment.NULL;
        }

        @Override
        public MemorySegment segment(Block block) {
            return MemorySegment.NULL;
        }

        @Override
        public long bytes(Block block) {
            return 0;
        }
    }
}
