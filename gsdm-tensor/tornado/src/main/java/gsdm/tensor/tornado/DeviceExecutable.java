package gsdm.tensor.tornado;

import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.cpu.Indices;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;

/** A program among those of its memory's {@link Plan}. */
final class DeviceExecutable implements Executable {
    private final TornadoBackend backend;
    private final Object device; // one run at a time
    private final Lifetime lifetime;
    private final DeviceMemory memory;
    private final LoweredProgram program;
    private final Indices indices;
    private final int[] sizes; // of the present run
    private final Extents extents; // a view of them

    DeviceExecutable(TornadoBackend backend, Program source, DeviceMemory memory, Extents reserve) {
        this.device = backend.device();
        this.lifetime = new Lifetime("the executable of program " + source.name());
        this.memory = memory;
        this.sizes = reserve.toArray();
        this.extents = Extents.view(sizes);
        this.backend = backend;
        try (Lifetime.Use _ = memory.use()) {
            synchronized (device) {
                program = memory.plan().compile(source, reserve, memory);
            }
            indices = Indices.of(program.program(), slot -> memory.onHost(slot, reserve));
        }
    }

    @Override
    public void run(int... actual) {
        synchronized (device) {
            try (Lifetime.Use _ = lifetime.use();
                    Lifetime.Use _ = memory.use()) {
                backend.requireOpen();
                program.reserve().requireHolds(actual);
                System.arraycopy(actual, 0, sizes, 0, sizes.length);
                indices.check(extents);
                memory.plan().run(program, extents);
            }
        }
    }

    @Override
    public long bytesReserved() {
        return program.bytes();
    }

    /** Its temporaries are freed with the memory, whose plan it is part of. */
    @Override
    public void close() {
        lifetime.close(() -> {});
    }
}
