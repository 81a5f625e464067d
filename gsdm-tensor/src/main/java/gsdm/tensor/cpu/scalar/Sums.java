package gsdm.tensor.cpu.scalar;

import java.util.Arrays;

/** A row of double-precision sums for each block of a part. */
final class Sums {
    private final double[][] rows = new double[PartsKernel.BLOCKS][];

    /** Makes room; rows grow at the first run of a size only. */
    void reserve(int width) {
        if (rows[0] == null || rows[0].length < width) {
            for (int i = 0; i < rows.length; i++) {
                rows[i] = new double[width];
            }
        }
    }

    /** The row of a block, set to zero. */
    double[] zeroed(int block) {
        Arrays.fill(rows[block], 0);
        return rows[block];
    }
}
