package gsdm.tensor.backend;

/**
 * A program compiled for a device and bound to memory. Runs allocate nothing. Not safe for use by
 * several threads at a time.
 */
public interface Executable extends AutoCloseable {
    /**
     * Runs every op once, at these sizes.
     *
     * @param sizes of the named dimensions, each at its {@linkplain gsdm.tensor.program.Dim#index
     *     place}; read before this returns, not kept
     * @throws IllegalArgumentException if a size is missing or above the reserve, or an index in
     *     memory (a column, a row of a table, the start of a list) lies outside of what it points
     *     into
     * @throws IllegalStateException if this, its memory or its backend is closed
     */
    void run(int... sizes);

    /** Bytes of temporaries and workspace taken besides the blocks' memory. */
    long bytesReserved();

    /** Frees what it took, once a run in progress has ended. */
    @Override
    void close();
}
