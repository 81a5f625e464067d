package gsdm.cli.bench;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.ForwardingBackend;
import gsdm.tensor.backend.ForwardingExecutable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;

/** A backend that adds up how long its programs run. For one thread at a time. */
public final class StopwatchBackend extends ForwardingBackend {
    private long nanoseconds;

    /**
     * A stopwatch beside a backend.
     *
     * @param backend does the work; closed with this
     */
    public StopwatchBackend(Backend backend) {
        super(backend);
    }

    /** How long programs have run until now. */
    public long nanoseconds() {
        return nanoseconds;
    }

    @Override
    public Executable compile(Program program, Memory memory, Extents reserve) {
        return new Timed(super.compile(program, memory, reserve));
    }

    private final class Timed extends ForwardingExecutable {
        Timed(Executable executable) {
            super(executable);
        }

        @Override
        public void run(int... sizes) {
            long start = System.nanoTime();
            super.run(sizes);
            nanoseconds += System.nanoTime() - start;
        }
    }
}
