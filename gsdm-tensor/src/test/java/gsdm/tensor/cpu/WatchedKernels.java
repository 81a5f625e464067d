package gsdm.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Kernels that may write their outputs, at the sizes of the run, and their workspace: where one has
 * changed any other byte of the program's memory, padding and room for larger sizes included, the
 * run fails. For one thread.
 */
final class WatchedKernels implements KernelFactory {
    private final KernelFactory kernels;
    private final Program program;
    private final List<Watched> running = new ArrayList<>();

    WatchedKernels(KernelFactory kernels, Program composed, Extents reserve) {
        this.kernels = kernels;
        this.program = CpuProgram.fused(composed, kernels, reserve);
    }

    @Override
    public boolean fuses(Op.Composite op, Extents reserve) {
        return kernels.fuses(op, reserve);
    }

    @Override
    public Kernel bind(Op op, Addresses addresses) {
        return new Watched(op, kernels.bind(op, addresses), addresses);
    }

    /** Looks at what the last kernel of a run did. */
    void finish() {
        running.forEach(Watched::check);
        running.clear();
    }

    /** All memory but workspace: whole blocks, and temporaries one by one. */
    private List<MemorySegment> memory(Addresses addresses) {
        Set<Block> blocks = new LinkedHashSet<>();
        List<MemorySegment> all = new ArrayList<>();
        for (Op op : program.ops()) {
            List<Slot> slots = new ArrayList<>(op.inputs());
            slots.addAll(op.outputs());
            for (Slot slot : slots) {
                if (slot.block() == program.scratch()) {
                    all.add(addresses.segment(slot));
                } else {
                    blocks.add(slot.block());
                }
            }
            blocks.addAll(op.blocksRead());
            blocks.addAll(op.blocksWritten());
        }
        blocks.forEach(block -> all.add(addresses.segment(block)));
        return all;
    }

    private final class Watched implements Kernel {
        private final Op op;
        private final Kernel kernel;
        private final Addresses addresses;
        private final List<MemorySegment> before = new ArrayList<>();
        private Extents extents = Extents.NONE;

        Watched(Op op, Kernel kernel, Addresses addresses) {
            this.op = op;
            this.kernel = kernel;
            this.addresses = addresses;
        }

        @Override
        public long workspaceBytes(Extents reserve) {
            return kernel.workspaceBytes(reserve);
        }

        @Override
        public void prepare(Extents sizes, MemorySegment workspace) {
            finish();
            running.add(this);
            extents = sizes;
            before.clear();
            for (MemorySegment part : memory(addresses)) {
                before.add(MemorySegment.ofArray(part.toArray(ValueLayout.JAVA_BYTE)));
            }
            kernel.prepare(sizes, workspace);
        }

        @Override
        public int phases() {
            return kernel.phases();
        }

        @Override
        public int blocks(int phase) {
            return kernel.blocks(phase);
        }

        @Override
        public void run(int phase, int block) {
            kernel.run(phase, block);
        }

        void check() {
            List<MemorySegment> outputs = new ArrayList<>();
            for (Slot slot : op.outputs()) {
                long bytes = slot.shape().size(extents) * DataType.BYTES;
                outputs.add(addresses.segment(slot).asSlice(0, bytes));
            }
            op.blocksWritten().forEach(block -> outputs.add(addresses.segment(block)));
            List<MemorySegment> now = memory(addresses);
            for (int i = 0; i < now.size(); i++) {
                for (MemorySegment output : outputs) {
                    copyOverlap(output, now.get(i), before.get(i));
                }
                assertThat(now.get(i).mismatch(before.get(i)))
                        .as("what a kernel changed beside its outputs: %s", op)
                        .isEqualTo(-1);
            }
        }
    }

    /** What {@code output} holds of {@code part} is as it should be. */
    private static void copyOverlap(MemorySegment output, MemorySegment part, MemorySegment to) {
        long first = Math.max(output.address(), part.address());
        long end = Math.min(output.address() + output.byteSize(), part.address() + part.byteSize());
        if (first < end) {
            long at = first - part.address();
            MemorySegment.copy(part, at, to, at, end - first);
        }
    }
}
