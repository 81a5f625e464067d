package gsdm.cli.bench;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;

import java.util.List;
import java.util.function.IntConsumer;

/** A backend that adds up how long its programs run. For one thread at a time. */
public final class StopwatchBackend implements Backend {
    private final Backend backend;
    private long nanoseconds;

    /**
     * A stopwatch beside a backend.
     *
     * @param backend does the work; closed with this
     */
    public StopwatchBackend(Backend backend) {
        this.backend = backend;
    }

    /** How long programs have run until now. */
    public long nanoseconds() {
        return nanoseconds;
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public String description() {
        return backend.description();
    }

    @Override
    public int threads() {
        return backend.threads();
    }

    @Override
    public Memory allocate(Extents reserve, List<Block> blocks, Memory... parents) {
        return backend.allocate(reserve, blocks, parents);
    }

    @Override
    public Executable compile(Program program, Memory memory, Extents reserve) {
        return new Timed(backend.compile(program, memory, reserve));
    }

    @Override
    public long estimate(Program program, Extents reserve) {
        return backend.estimate(program, reserve);
    }

    @Override
    public long largestPiece() {
        return backend.largestPiece();
    }

    @Override
    public void share(int tasks, IntConsumer task) {
        backend.share(tasks, task);
    }

    @Override
    public void close() {
        backend.close();
    }

    private final class Timed implements Executable {
        private final Executable executable;

        Timed(Executable executable) {
            this.executable = executable;
        }

        @Override
        public void run(int... sizes) {
            long start = System.nanoTime();
            executable.run(sizes);
            nanoseconds += System.nanoTime() - start;
        }

        @Override
        public long bytesReserved() {
            return executable.bytesReserved();
        }

        @Override
        public void close() {
            executable.close();
        }
    }
}
