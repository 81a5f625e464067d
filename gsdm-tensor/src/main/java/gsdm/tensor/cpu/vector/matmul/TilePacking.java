package gsdm.tensor.cpu.vector.matmul;

import static gsdm.tensor.cpu.vector.core.MatMulTile.COLUMNS;
import static gsdm.tensor.cpu.vector.core.MatMulTile.ROW_BYTES;
import static gsdm.tensor.cpu.vector.core.Raw.load;
import static gsdm.tensor.cpu.vector.core.Raw.store;

import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.MatMulTile;
import gsdm.tensor.cpu.vector.core.Raw;

/** Copies between matrices and the dense panels and tiles of {@link MatMulTile}. */
final class TilePacking {
    private TilePacking() {}

    /**
     * Packs {@code width} columns of a matrix into a panel [k, COLUMNS], zero beyond them.
     *
     * @param from the first of the columns, rows {@code stride} bytes apart
     */
    static void pack(long from, long stride, int k, int width, long to) {
        if (width == COLUMNS) {
            long source = Raw.base(from);
            long target = Raw.base(to);
            long step = Raw.stride(Math.toIntExact(stride));
            for (int i = 0; i < k; i++) {
                int at = Raw.index(i);
                long line = source + at * step;
                long out = target + (long) at * ROW_BYTES;
                store(load(line), out);
                store(load(line + Lanes.BYTES), out + Lanes.BYTES);
            }
            return;
        }
        for (int i = 0; i < k; i++) {
            for (int c = 0; c < COLUMNS; c++) {
                Raw.put(to + 4L * c, c < width ? Raw.get(from + 4L * c) : 0);
            }
            from += stride;
            to += ROW_BYTES;
        }
    }

    /**
     * Copies rows of {@code width} floats to rows {@code stride} bytes apart: neighbours then
     * differ in cache set, which rows of a power of two do not. What lies beyond the width stays as
     * it is, and only reaches parts of tiles that nobody reads.
     */
    static void spreadRows(long from, int rows, int width, long to, int stride) {
        int whole = Lanes.whole(width);
        for (int r = 0; r < rows; r++) {
            long source = Raw.base(from + 4L * r * width);
            long target = Raw.base(to + (long) r * stride);
            for (int c = 0; c < whole; c += Lanes.COUNT) {
                store(load(source + 4L * Raw.index(c)), target + 4L * Raw.index(c));
            }
            for (int c = whole; c < width; c++) {
                Raw.put(target + 4L * c, Raw.get(source + 4L * c));
            }
        }
    }

    /**
     * Packs {@code width} rows of a matrix, transposed, into a panel [k, COLUMNS].
     *
     * @param from the first of the rows, which are {@code stride} bytes apart
     */
    static void packTransposed(long from, long stride, int k, int width, long to) {
        for (int i = 0; i < k; i++) {
            long source = from + 4L * i;
            for (int c = 0; c < COLUMNS; c++) {
                Raw.put(to + 4L * c, c < width ? Raw.get(source + c * stride) : 0);
            }
            to += ROW_BYTES;
        }
    }

    /**
     * tile = add + bias for the part of a tile that lies in the matrix, as whole tiles start from
     * it: results do not depend on where a row lies.
     *
     * @param bias one row
     * @param add rows {@code stride} bytes apart
     */
    static void start(long bias, long add, long stride, int height, int width, long tile) {
        for (int r = 0; r < height; r++) {
            for (int c = 0; c < width; c++) {
                float value = Raw.get(add + r * stride + 4L * c) + Raw.get(bias + 4L * c);
                Raw.put(tile + (long) r * ROW_BYTES + 4L * c, value);
            }
        }
    }

    /**
     * out = tile for the part of a tile that lies in the matrix.
     *
     * @param out rows {@code stride} bytes apart
     */
    static void unpack(long tile, int height, int width, long out, long stride) {
        for (int r = 0; r < height; r++) {
            Raw.copy(tile + (long) r * ROW_BYTES, out + r * stride, 4L * width);
        }
    }
}
