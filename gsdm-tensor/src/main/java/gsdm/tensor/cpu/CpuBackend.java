package gsdm.tensor.cpu;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;

/** A backend that runs kernels on threads of this process. */
public final class CpuBackend implements Backend {
    private final String name;
    private final String unit;
    private final KernelFactory kernels;
    private final WorkerPool pool;

    /**
     * A backend over these kernels.
     *
     * @param unit what one thread computes with, for the description
     */
    public CpuBackend(String name, String unit, KernelFactory kernels, int threads) {
        this.name = name;
        this.unit = unit;
        this.kernels = kernels;
        this.pool = new WorkerPool(threads);
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
    public Executable compile(Program program, Memory memory, Extents reserve) {
        pool.requireOpen();
        return CpuExecutable.compile(program, memory, reserve, kernels, pool);
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
