package gsdm.tensor.cpu;

import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.Slot;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Kernels in the order of a program's ops, with the memory of its temporaries. */
final class CpuExecutable implements Executable {
    private final Arena arena;
    private final Lifetime lifetime;
    private final Memory memory;
    private final Kernel[] kernels;
    private final Indices indices;
    private final MemorySegment scratch;
    private final MemorySegment workspace;
    private final Extents reserve;
    private final int[] sizes; // of the present run
    private final Extents extents; // a view of them
    private final WorkerPool pool;
    private final long bytesReserved;

    private CpuExecutable(
            Arena arena,
            Lifetime lifetime,
            Memory memory,
            Kernel[] kernels,
            Indices indices,
            MemorySegment scratch,
            MemorySegment workspace,
            Extents reserve,
            WorkerPool pool,
            long bytesReserved) {
        this.arena = arena;
        this.lifetime = lifetime;
        this.memory = memory;
        this.kernels = kernels;
        this.indices = indices;
        this.scratch = scratch;
        this.workspace = workspace;
        this.reserve = reserve;
        this.sizes = reserve.toArray();
        this.extents = Extents.view(sizes);
        this.pool = pool;
        this.bytesReserved = bytesReserved;
    }

    @SuppressWarnings("MustBeClosedChecker") // the object returned owns the arena
    static CpuExecutable compile(
            Program composed,
            Memory memory,
            Extents reserve,
            KernelFactory factory,
            WorkerPool pool) {
        Program program = factory.fuses() ? composed : composed.inParts();
        Arena arena = Arena.ofShared();
        try (Lifetime.Use _ = memory.use()) {
            MemoryPlan plan = MemoryPlan.scratch(program, reserve);
            MemorySegment scratch = allocate(arena, plan.bytes());
            Addresses addresses = new Bound(program.scratch(), plan, scratch, memory, reserve);
            Kernel[] kernels =
                    program.ops().stream()
                            .map(op -> factory.bind(op, addresses))
                            .toArray(Kernel[]::new);
            long largest = 0;
            for (Kernel kernel : kernels) {
                largest = Math.max(largest, kernel.workspaceBytes(reserve));
            }
            MemorySegment workspace = allocate(arena, largest);
            return new CpuExecutable(
                    arena,
                    new Lifetime("the executable of program " + program.name()),
                    memory,
                    kernels,
                    Indices.of(program, addresses),
                    scratch,
                    workspace,
                    reserve,
                    pool,
                    plan.bytes() + largest);
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    private static MemorySegment allocate(Arena arena, long bytes) {
        return arena.allocate(Math.max(bytes, MemoryPlan.ALIGNMENT), MemoryPlan.ALIGNMENT);
    }

    @Override
    public void run(int... actual) {
        synchronized (pool) {
            try (Lifetime.Use _ = lifetime.use();
                    Lifetime.Use _ = memory.use()) {
                reserve.requireHolds(actual);
                System.arraycopy(actual, 0, sizes, 0, sizes.length);
                indices.check(extents);
                for (Kernel kernel : kernels) {
                    kernel.prepare(extents, workspace);
                    for (int phase = 0; phase < kernel.phases(); phase++) {
                        pool.run(kernel, phase, kernel.blocks(phase));
                    }
                }
            }
        }
    }

    /** Fills temporaries and workspace with NaN: whoever reads what no op has written shows it. */
    void poison() {
        scratch.fill((byte) -1);
        workspace.fill((byte) -1);
    }

    @Override
    public long bytesReserved() {
        return bytesReserved;
    }

    @Override
    public void close() {
        lifetime.close(arena::close);
    }

    private record Bound(
            Block scratchBlock,
            MemoryPlan plan,
            MemorySegment scratch,
            Memory memory,
            Extents reserve)
            implements Addresses {
        @Override
        public MemorySegment segment(Slot slot) {
            if (slot.block() != scratchBlock) {
                return memory.segment(slot, reserve);
            }
            Long offset = plan.offsets().get(slot);
            if (offset == null) {
                throw new IllegalArgumentException("no op of the program writes " + slot);
            }
            return scratch.asSlice(offset, slot.shape().size(reserve) * DataType.BYTES);
        }

        @Override
        public MemorySegment segment(Block block) {
            return memory.segment(block);
        }
    }
}
