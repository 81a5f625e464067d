package gsdm.tensor.cpu.vector.update;

import static gsdm.tensor.cpu.vector.core.MatMulTile.COLUMNS;
import static gsdm.tensor.cpu.vector.core.MatMulTile.ROWS;
import static gsdm.tensor.cpu.vector.core.MatMulTile.ROW_BYTES;
import static gsdm.tensor.cpu.vector.core.Raw.load;
import static gsdm.tensor.cpu.vector.core.Raw.store;

import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.MatMulTile;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Muon;

import jdk.incubator.vector.FloatVector;

/**
 * The iteration of {@link Muon} on x [height, width]. Every matrix has room for whole tiles, so no
 * product has edges: columns beyond the width are zero and stay so, rows beyond the last are
 * written and never read into another. Rows are an odd number of cache lines apart.
 *
 * @param height at least the width
 */
record TiledNewtonSchulz(int height, int width) {
    private static final float LINEAR = (float) Muon.LINEAR;
    private static final float CUBIC_OF_QUINTIC = (float) (Muon.CUBIC / Muon.QUINTIC);
    private static final float QUINTIC = (float) Muon.QUINTIC;
    private static final float NORM_EPSILON = (float) Muon.NORM_EPSILON;
    private static final int LINE = 64;

    /** Bytes from row to row. */
    int stride() {
        int lines = Math.ceilDiv(tiledWidth() * Float.BYTES, LINE);
        return (lines | 1) * LINE;
    }

    private int tiledWidth() {
        return Math.ceilDiv(width, COLUMNS) * COLUMNS;
    }

    private long matrixBytes(int rows) {
        return (long) Math.ceilDiv(rows, ROWS) * ROWS * stride();
    }

    /** Bytes of what it works in. */
    long bytes() {
        return 2 * (matrixBytes(height) + matrixBytes(width)) + ROW_BYTES;
    }

    /** Clears x, which lies at the start of the buffer, {@link #stride} bytes from row to row. */
    void begin(long buffer) {
        Raw.clear(buffer, matrixBytes(height));
    }

    /** Makes x near orthogonal, and returns where it lies then. */
    long run(long buffer) {
        long x = buffer;
        long next = x + matrixBytes(height);
        long gram = next + matrixBytes(height);
        long factor = gram + matrixBytes(width);
        long zeros = factor + matrixBytes(width);
        Raw.clear(zeros, ROW_BYTES);
        multiply(1 / (norm(x, zeros) + NORM_EPSILON), x, x, height);
        Raw.clear(zeros, ROW_BYTES);
        for (int iteration = 0; iteration < Muon.ITERATIONS; iteration++) {
            product(x, Float.BYTES, stride(), width, x, height, zeros, 0, gram);
            // c·(b/c·s + s·s): the product starts from its first term
            multiply(CUBIC_OF_QUINTIC, gram, factor, width);
            product(gram, stride(), Float.BYTES, width, gram, width, factor, stride(), factor);
            multiply(QUINTIC, factor, factor, width);
            multiply(LINEAR, x, next, height);
            product(x, stride(), Float.BYTES, height, factor, width, next, stride(), next);
            long last = x;
            x = next;
            next = last;
        }
        return x;
    }

    /**
     * out = init + a·b, tile by tile.
     *
     * @param a [rows, inner]: rows {@code aRow} bytes apart, columns {@code aStep}
     * @param b [inner, width]
     * @param init of the shape of {@code out}, or one row of a tile, of which all start
     */
    private void product(
            long a,
            long aRow,
            int aStep,
            int rows,
            long b,
            int inner,
            long init,
            int initRow,
            long out) {
        int stride = stride();
        for (int column = 0; column < width; column += COLUMNS) {
            for (int row = 0; row < rows; row += ROWS) {
                long place = (long) row * stride + 4L * column;
                MatMulTile.multiply(
                        a + row * aRow,
                        aRow,
                        aStep,
                        Math.min(ROWS, rows - row),
                        b + 4L * column,
                        stride,
                        inner,
                        initRow == 0 ? init : init + place,
                        initRow,
                        out + place,
                        stride);
            }
        }
    }

    /** to = factor · from, rows to spare included. */
    private void multiply(float factor, long from, long to, int rows) {
        int stride = stride();
        int tiledRows = Math.ceilDiv(rows, ROWS) * ROWS;
        for (int row = 0; row < tiledRows; row++) {
            long place = (long) row * stride;
            Pointwise.multiply(factor, from + place, to + place, tiledWidth());
        }
    }

    /**
     * The root of the sum of all squares.
     *
     * @param lanes room for a vector, whose lanes are added in their order
     */
    private float norm(long x, long lanes) {
        int stride = stride();
        int count = tiledWidth();
        FloatVector sums = FloatVector.zero(Lanes.SPECIES);
        for (int row = 0; row < height; row++) {
            long source = Raw.base(x + (long) row * stride);
            for (int i = 0; i < count; i += Lanes.COUNT) {
                FloatVector value = load(source + 4L * Raw.index(i));
                sums = value.fma(value, sums);
            }
        }
        store(sums, lanes);
        double sum = 0;
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            sum += Raw.get(lanes + 4L * lane);
        }
        return (float) Math.sqrt(sum);
    }
}
