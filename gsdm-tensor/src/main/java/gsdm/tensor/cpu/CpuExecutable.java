package gsdm.tensor.cpu;

import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.Slot;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Kernels in the order of a program's ops, with the memory of its temporaries. */
final class CpuExecutable implements Executable {
    private final Arena arena;
    private final Lifetime lifetime;
    private final CpuMemory memory;
    private final Kernel[] kernels;
    private final Indices indices;
    private final MemorySegment[] scratch; // the pieces of the plan
    private final MemorySegment workspace;
    private final Extents reserve;
    private final int[] sizes; // of the present run
    private final Extents extents; // a view of them
    private final WorkerPool pool;
    private final long bytesReserved;

    @SuppressWarnings("MustBeClosedChecker") // closed with this object
    CpuExecutable(CpuProgram program, CpuMemory memory, WorkerPool pool) {
        this.lifetime = new Lifetime("the executable of program " + program.program().name());
        this.memory = memory;
        this.reserve = program.reserve();
        this.sizes = reserve.toArray();
        this.extents = Extents.view(sizes);
        this.pool = pool;
        this.arena = Arena.ofShared();
        try (Lifetime.Use _ = memory.use()) {
            this.scratch =
                    program.plan().pieces().stream()
                            .map(this::allocate)
                            .toArray(MemorySegment[]::new);
            Addresses addresses = new Bound(program, scratch, memory);
            this.kernels = program.bind(addresses);
            this.workspace = allocate(program.workspaceBytes(kernels));
            this.indices = Indices.of(program.program(), addresses::segment);
            this.bytesReserved = program.bytes(kernels);
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    private MemorySegment allocate(long bytes) {
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
        for (MemorySegment piece : scratch) {
            piece.fill((byte) -1);
        }
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

    private record Bound(CpuProgram program, MemorySegment[] scratch, CpuMemory memory)
            implements Addresses {
        @Override
        public MemorySegment segment(Slot slot) {
            Extents reserve = program.reserve();
            if (slot.block() != program.program().scratch()) {
                return memory.segment(slot, reserve);
            }
            MemoryPlan.Place place = program.plan().place(slot);
            long bytes = slot.shape().size(reserve) * DataType.BYTES;
            return scratch[place.piece()].asSlice(place.offset(), bytes);
        }

        @Override
        public MemorySegment segment(Block block) {
            return memory.write(block);
        }

        @Override
        public long bytes(Block block) {
            return segment(block).byteSize();
        }
    }
}
