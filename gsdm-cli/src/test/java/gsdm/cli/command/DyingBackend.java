package gsdm.cli.command;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.DeviceException;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.ForwardingBackend;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;

/** A backend whose device fails once, in a run of its programs. */
final class DyingBackend extends ForwardingBackend {
    private final String name;
    private int left;

    /**
     * One whose n-th run of programs of a name fails.
     *
     * @param name of the programs, or its beginning
     * @param run of all of these, from 1
     */
    DyingBackend(Backend backend, String name, int run) {
        super(backend);
        this.name = name;
        this.left = run;
    }

    @Override
    public Executable compile(Program program, Memory memory, Extents reserve) {
        Executable executable = super.compile(program, memory, reserve);
        return program.name().startsWith(name) ? new Counted(executable) : executable;
    }

    private final class Counted implements Executable {
        private final Executable executable;

        Counted(Executable executable) {
            this.executable = executable;
        }

        @Override
        public void run(int... sizes) {
            left--;
            if (left == 0) {
                throw new DeviceException("fell off the bus", null);
            }
            executable.run(sizes);
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
