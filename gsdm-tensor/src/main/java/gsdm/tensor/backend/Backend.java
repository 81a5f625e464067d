package gsdm.tensor.backend;

import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;

/** A device that runs programs. */
public interface Backend extends AutoCloseable {
    /** The name it is asked for by: {@code vector}, {@code scalar}. */
    String name();

    /** One line for people: backend, vector width, threads. */
    String description();

    /** The number of threads or units that share an op. */
    int threads();

    /**
     * Prepares a program for many runs.
     *
     * @param memory holds every block the program names
     * @param reserve the largest sizes of a run
     */
    Executable compile(Program program, Memory memory, Extents reserve);

    /** Ends its threads, once a run in progress has ended; executables do not run any more then. */
    @Override
    void close();
}
