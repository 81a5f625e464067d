package gsdm.tensor.backend;

import gsdm.tensor.program.Extents;

/**
 * A program compiled for a device and bound to memory. Runs allocate nothing. Not safe for use by
 * several threads at a time.
 */
public interface Executable extends AutoCloseable {
    /**
     * Runs every op once, at these sizes.
     *
     * @throws IllegalArgumentException if a size is above the reserve
     */
    void run(Extents extents);

    /** Bytes of temporaries and workspace taken besides the blocks' memory. */
    long bytesReserved();

    @Override
    void close();
}
