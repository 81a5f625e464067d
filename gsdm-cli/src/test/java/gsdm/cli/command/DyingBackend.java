package gsdm.cli.command;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.ForwardingBackend;
import gsdm.tensor.backend.ForwardingExecutable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;

/** A backend that fails once, in a run of its programs. */
final class DyingBackend extends ForwardingBackend {
    private final String name;
    private final Runnable death;
    private int left;

    /**
     * One whose n-th run of programs of a name fails.
     *
     * @param name of the programs, or its beginning
     * @param run of all of these, from 1
     * @param death throws
     */
    DyingBackend(Backend backend, String name, int run, Runnable death) {
        super(backend);
        this.name = name;
        this.death = death;
        this.left = run;
    }

    @Override
    public Executable compile(Program program, Memory memory, Extents reserve) {
        Executable executable = super.compile(program, memory, reserve);
        return program.name().startsWith(name) ? new Counted(executable) : executable;
    }

    private final class Counted extends ForwardingExecutable {
        Counted(Executable executable) {
            super(executable);
        }

        @Override
        public void run(int... sizes) {
            left--;
            if (left == 0) {
                death.run();
            }
            super.run(sizes);
        }
    }
}
