package gsdm.tensor.cpu.vector.rows;

import gsdm.tensor.cpu.vector.core.ColumnSums;
import gsdm.tensor.cpu.vector.core.Raw;

/**
 * Sums of the rows that share an embedding. Nodes of one array follow each other and often share,
 * so runs of neighbouring rows are summed in registers.
 */
final class SegmentSums {
    private SegmentSums() {}

    /**
     * sum = the sum over all examples of the rows listed in members[from, to).
     *
     * @param x [examples, rows, width]
     * @param members int addresses of node numbers, ascending
     */
    static void ofMembers(
            long x, int examples, int rows, int width, long members, int from, int to, long sum) {
        Raw.clear(sum, 4L * width);
        int start = from;
        while (start < to) {
            int first = Raw.getInt(members + 4L * start);
            int end = start + 1;
            while (end < to && Raw.getInt(members + 4L * end) == first + end - start) {
                end++;
            }
            for (int b = 0; b < examples; b++) {
                long at = x + 4L * width * ((long) b * rows + first);
                ColumnSums.add(at, end - start, width, sum);
            }
            start = end;
        }
    }

    /**
     * sums[index[n]] += x[n] for n in [first, last).
     *
     * @param x [rows, width], of one example
     * @param sums [K, width]
     */
    static void byIndex(long x, int first, int last, int width, long index, long sums) {
        int start = first;
        while (start < last) {
            int row = Raw.getInt(index + 4L * start);
            int end = start + 1;
            while (end < last && Raw.getInt(index + 4L * end) == row) {
                end++;
            }
            ColumnSums.add(x + 4L * width * start, end - start, width, sums + 4L * width * row);
            start = end;
        }
    }
}
