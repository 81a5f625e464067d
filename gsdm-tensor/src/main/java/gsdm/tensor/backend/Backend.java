package gsdm.tensor.backend;

import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.Program;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/** A device that runs programs. */
public interface Backend extends AutoCloseable {
    /** The name it is asked for by: {@code vector}, {@code scalar}. */
    String name();

    /** One line for people: backend, vector width, threads. */
    String description();

    /** The number of threads or units that share an op. */
    int threads();

    /**
     * Memory for blocks that outlive a run, zero at first.
     *
     * @param reserve the largest sizes of a run
     * @param parents memory of this backend whose blocks the new one holds too, shared with
     *     whatever else does (weights, a layout); it lives as long as the new one
     */
    Memory allocate(Extents reserve, List<Block> blocks, Memory... parents);

    /**
     * Prepares a program for many runs.
     *
     * @param memory of this backend; holds every block the program names
     * @param reserve the largest sizes of a run
     */
    Executable compile(Program program, Memory memory, Extents reserve);

    /** The bytes that a block will take where programs run, before anything is allocated. */
    default long estimate(Block block, Extents reserve) {
        return MemoryPlan.sequential(block, reserve).bytes();
    }

    /**
     * The bytes that a program will take besides the blocks' memory, before anything is allocated:
     * {@link Executable#bytesReserved} of what {@link #compile} will give.
     */
    long estimate(Program program, Extents reserve);

    /** The most bytes that the device allocates at a time. */
    long largestPiece();

    /**
     * Does work of the host beside the programs: calls {@code task} with 0 to {@code tasks} − 1,
     * once each, in any order and on any of the threads there are for it, and returns when all have
     * ended. Allocates nothing. For one caller at a time, others wait; not from within a task or a
     * run.
     *
     * @throws IllegalStateException if this is closed; else whatever a task threw
     */
    void share(int tasks, IntConsumer task);

    /** The bytes of memory the device has, where it is not the processor's. */
    default OptionalLong memory() {
        return OptionalLong.empty();
    }

    /** Measures what the device can do, where it is not the processor; takes a second or so. */
    default Optional<Peaks> peaks() {
        return Optional.empty();
    }

    /** What it was asked for until now beside computing. */
    default Traffic traffic() {
        return Traffic.NONE;
    }

    /** Ends its threads, once a run in progress has ended; executables do not run any more then. */
    @Override
    void close();
}
