package gsdm.tensor.cpu.vector.attention;

/**
 * A part of the work on a chunk of a node's neighbours; parts hand over to each other through a
 * buffer.
 *
 * <p>Calling one among several by this interface keeps the compiler from putting the loops of all
 * of them into one method, where it would pass its limit on nodes half-way through a polynomial and
 * put vectors on the heap.
 */
@FunctionalInterface
interface ChunkStage {
    /**
     * Runs the part.
     *
     * @param first the first of the chunk among the node's neighbours
     * @param count how many there are in the chunk
     */
    void run(int example, int node, int first, int count, long buffer);

    /** Runs the parts in order. */
    static void runAll(
            ChunkStage[] stages, int example, int node, int first, int count, long buffer) {
        for (ChunkStage stage : stages) {
            stage.run(example, node, first, count, buffer);
        }
    }
}
