package gsdm.tensor.cpu.scalar;

import gsdm.tensor.program.Extents;

/** Work that falls into independent items: rows, examples, channels. */
interface Part {
    /** Takes the sizes of the coming run and returns the number of items. */
    int prepare(Extents extents);

    /**
     * Computes one item.
     *
     * @param block tells apart items that may run at the same time: below {@link
     *     PartsKernel#BLOCKS}
     */
    void compute(int item, int block);
}
