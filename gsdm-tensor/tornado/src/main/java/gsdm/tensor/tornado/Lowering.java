package gsdm.tensor.tornado;

import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Where ops put the kernels that compute them. An op asks for its operands, for a place of the
 * numbers that change with the sizes of a run, and launches kernels, one after the other.
 */
interface Lowering {
    /** Work items of a group, where an op does not say otherwise. */
    int GROUP = 64;

    /** A tensor on the device: an array of a block or of temporaries, and where in it. */
    record Floats(FloatArray array, int at) {
        /** What begins so many floats after it. */
        Floats from(int floats) {
            return new Floats(array, at + floats);
        }
    }

    /** The same of integers. */
    record Ints(IntArray array, int at) {}

    /** A task of a graph: calls {@code graph.task(id, kernel, arguments)}. */
    interface Task {
        void addTo(TaskGraph graph, String id);
    }

    /** What every kernel asks for its place in the grid. */
    KernelContext context();

    /** Numbers of all ops, written before each run; see {@link #numbers}. */
    IntArray sizes();

    /**
     * Has numbers computed before each run, of its sizes.
     *
     * @return where they are in {@link #sizes}, one after the other
     */
    @SuppressWarnings("unchecked")
    int numbers(ToIntFunction<Extents>... each);

    /**
     * Places of a kernel's operands and of its numbers: they are an argument of their own, so that
     * one source serves all uses of a kernel and a driver that keeps what it compiled has it. For a
     * {@link Task}.
     */
    IntArray places(int... each);

    /** A float operand; for {@link Slot#NONE} any array, which a kernel must not touch. */
    Floats floats(Slot slot);

    /** All floats of a block whose slots are floats of fixed sizes, padding included. */
    Floats floats(Block block);

    /** The bytes of a block, padding included. */
    long bytes(Block block);

    /** An integer operand. */
    Ints ints(Slot slot);

    /**
     * Temporary floats of this op alone, kept from one of its kernels to the next; a second call
     * gives others.
     *
     * @param count at given sizes
     */
    Floats workspace(ToLongFunction<Extents> count);

    /**
     * Temporary floats that stay beyond the op, until what waits is merged.
     *
     * @param count at given sizes
     */
    Floats kept(ToLongFunction<Extents> count);

    /**
     * out[c] = Σ_r partial[r·stride + c], over a few rows. At once where out is a temporary; else
     * before an op reads it: one launch puts together what many ops have left.
     *
     * @param partial of what {@link #kept} gave to this op
     * @param stride floats from a row to the next
     * @param rows at given sizes
     * @param columns elements of out
     */
    void merge(Floats partial, int stride, ToIntFunction<Extents> rows, int columns, Slot out);

    /**
     * Appends a kernel. TornadoVM never returns from a task that writes an array which is an
     * argument again further on: what a kernel writes is its last argument of that array, and two
     * things that one kernel writes are never in the same array (temporaries may be).
     *
     * @param name of the kernel, for messages
     * @param parameters how many arguments the kernel takes, 20 at most
     * @param items work items at the sizes of a run; rounded up to whole groups
     * @param group work items of a group
     */
    void launch(String name, int parameters, ToLongFunction<Extents> items, int group, Task task);

    /** The size of a dimension, for {@link #numbers}. */
    static ToIntFunction<Extents> size(Dim dim) {
        return extents -> extents.of(dim);
    }

    /** The number of rows of a slot, for {@link #numbers}. */
    static ToIntFunction<Extents> rows(Slot slot) {
        return extents -> slot.shape().rows(extents);
    }

    /** The number of elements of a slot, for {@link #numbers}. */
    static ToIntFunction<Extents> count(Slot slot) {
        return extents -> Math.toIntExact(slot.shape().size(extents));
    }

    /** The number of elements of a slot, for {@link #launch}. */
    static ToLongFunction<Extents> elements(Slot slot) {
        return extents -> slot.shape().size(extents);
    }
}
