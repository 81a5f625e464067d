package gsdm.tensor.cpu;

import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Fusion;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A program as some kernels run it, before it is bound to memory.
 *
 * @param program with those ops in parts that have no kernel of their own
 * @param plan where its temporaries lie
 */
record CpuProgram(Program program, KernelFactory factory, Extents reserve, MemoryPlan plan) {
    static CpuProgram plan(
            Program composed, KernelFactory factory, Extents reserve, long largestPiece) {
        Program program = fused(composed, factory, reserve);
        MemoryPlan plan = MemoryPlan.scratch(program, reserve, largestPiece);
        return new CpuProgram(program, factory, reserve, plan);
    }

    /** The program with as much in one op as there is a kernel for. */
    static Program fused(Program composed, KernelFactory factory, Extents reserve) {
        return Fusion.of(composed).inParts(op -> factory.fuses(op, reserve));
    }

    Kernel[] bind(Addresses addresses) {
        return program.ops().stream().map(op -> factory.bind(op, addresses)).toArray(Kernel[]::new);
    }

    /** The bytes that the kernels, one after the other, work in. */
    long workspaceBytes(Kernel[] kernels) {
        return Arrays.stream(kernels)
                .mapToLong(kernel -> kernel.workspaceBytes(reserve))
                .max()
                .orElse(0);
    }

    /** The bytes it takes besides the blocks' memory. */
    long bytes(Kernel[] kernels) {
        return plan.bytes() + workspaceBytes(kernels);
    }

    /** The same before there is memory: of kernels that do not run. */
    long estimate() {
        return bytes(bind(new Nowhere(reserve)));
    }

    /** Kernels bound to this know how large things are, and touch nothing. */
    private record Nowhere(Extents reserve) implements Addresses {
        private static final MemorySegment NONE = MemorySegment.ofAddress(MemoryPlan.ALIGNMENT);

        @Override
        public MemorySegment segment(Slot slot) {
            return NONE;
        }

        @Override
        public MemorySegment segment(Block block) {
            return NONE;
        }

        @Override
        public long bytes(Block block) {
            return MemoryPlan.sequential(block, reserve).bytes();
        }
    }
}
