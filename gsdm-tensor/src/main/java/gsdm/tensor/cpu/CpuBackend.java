package gsdm.tensor.cpu;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.Program;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/** A backend that runs kernels on threads of this process. */
public final class CpuBackend implements Backend {
    private final String name;
    private final String unit;
    private final KernelFactory kernels;
    private final WorkerPool pool;
    private final long largestPiece;

    /**
     * A backend over these kernels.
     *
     * @param unit what one thread computes with, for the description
     */
    public CpuBackend(String name, String unit, KernelFactory kernels, int threads) {
        this(name, unit, kernels, threads, MemoryPlan.ANY_PIECE);
    }

    CpuBackend(String name, String unit, KernelFactory kernels, int threads, long largestPiece) {
        this.name = name;
        this.unit = unit;
        this.kernels = kernels;
        this.pool = new WorkerPool(threads);
        this.largestPiece = largestPiece;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return name + " (" + unit + ", " + threads() + (threads() == 1 ? " thread)" : " threads)");
    }

    @Override
    public int threads() {
        return pool.threads();
    }

    @Override
    public Memory allocate(Extents reserve, List<Block> blocks, Memory... parents) {
        pool.requireOpen();
        return new CpuMemory(reserve, blocks, Arrays.stream(parents).map(this::own).toList());
    }

    @Override
    public Executable compile(Program program, Memory memory, Extents reserve) {
        pool.requireOpen();
        return new CpuExecutable(planned(program, reserve), own(memory), pool);
    }

    private CpuMemory own(Memory memory) {
        if (memory instanceof CpuMemory own) {
            return own;
        }
        throw new IllegalArgumentException(
                "backend %s works on memory that it allocated itself; found %s"
                        .formatted(name, memory.getClass().getName()));
    }

    @Override
    public long estimate(Program program, Extents reserve) {
        return planned(program, reserve).estimate();
    }

    private CpuProgram planned(Program program, Extents reserve) {
        return CpuProgram.plan(program, kernels, reserve, largestPiece);
    }

    @Override
    public long largestPiece() {
        return largestPiece;
    }

    @Override
    public void share(int tasks, IntConsumer task) {
        pool.share(tasks, task);
    }

    @Override
    public String toString() {
        return description();
    }

    @Override
    public void close() {
        pool.close();
    }
}
