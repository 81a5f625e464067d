package gsdm.tensor.cpu.vector.core;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.ALL;
import static gsdm.tensor.cpu.vector.core.Raw.ORDER;
import static gsdm.tensor.cpu.vector.core.Raw.base;
import static gsdm.tensor.cpu.vector.core.Raw.index;
import static gsdm.tensor.cpu.vector.core.Raw.spread;

import jdk.incubator.vector.FloatVector;

/**
 * The inner loop of every matrix product: a tile of 6 rows by 2 vectors held in registers.
 *
 * <p>Written out rather than looped over: an array of vectors would live on the heap. 12
 * accumulators, 2 vectors of B and one of A are what 16 vector registers hold. Every product of the
 * tile is one chain of FMAs over k, so results do not depend on where tiles start.
 */
public final class MatMulTile {
    /** Rows of a tile. */
    public static final int ROWS = 6;

    /** Columns of a tile. */
    public static final int COLUMNS = 2 * Lanes.COUNT;

    /** Bytes of a row of a tile: of a step of a packed panel of B. */
    public static final int ROW_BYTES = 2 * Lanes.BYTES;

    /** Bytes of a tile stored densely. */
    public static final int BYTES = ROWS * ROW_BYTES;

    private MatMulTile() {}

    /**
     * out = init + a·b, ROWS x COLUMNS.
     *
     * @param a the tile's first row of A; row r starts {@code min(r, rows - 1) · aRow} bytes on, so
     *     that a tile at the lower edge reads nothing beyond A; what it has in rows to spare is
     *     junk
     * @param aStep bytes from one k to the next in A
     * @param b the tile's columns of B at k = 0, {@code bStep} bytes from one k to the next
     * @param init [ROWS, COLUMNS] with rows {@code initRow} bytes apart: 0 to start from one row
     * @param out rows {@code outRow} bytes apart
     */
    public static void multiply(
            long a,
            long aRow,
            int aStep,
            int rows,
            long b,
            int bStep,
            int k,
            long init,
            long initRow,
            long out,
            long outRow) {
        long a0 = base(a);
        long a1 = base(a + Math.min(1, rows - 1) * aRow);
        long a2 = base(a + Math.min(2, rows - 1) * aRow);
        long a3 = base(a + Math.min(3, rows - 1) * aRow);
        long a4 = base(a + Math.min(4, rows - 1) * aRow);
        long a5 = base(a + Math.min(5, rows - 1) * aRow);
        long bStart = base(b);
        long aStride = Raw.stride(aStep);
        long bStride = Raw.stride(bStep);
        long start = base(init);
        FloatVector c00 = FloatVector.fromMemorySegment(SPECIES, ALL, start, ORDER);
        FloatVector c01 = FloatVector.fromMemorySegment(SPECIES, ALL, start + Lanes.BYTES, ORDER);
        start = base(start + initRow);
        FloatVector c10 = FloatVector.fromMemorySegment(SPECIES, ALL, start, ORDER);
        FloatVector c11 = FloatVector.fromMemorySegment(SPECIES, ALL, start + Lanes.BYTES, ORDER);
        start = base(start + initRow);
        FloatVector c20 = FloatVector.fromMemorySegment(SPECIES, ALL, start, ORDER);
        FloatVector c21 = FloatVector.fromMemorySegment(SPECIES, ALL, start + Lanes.BYTES, ORDER);
        start = base(start + initRow);
        FloatVector c30 = FloatVector.fromMemorySegment(SPECIES, ALL, start, ORDER);
        FloatVector c31 = FloatVector.fromMemorySegment(SPECIES, ALL, start + Lanes.BYTES, ORDER);
        start = base(start + initRow);
        FloatVector c40 = FloatVector.fromMemorySegment(SPECIES, ALL, start, ORDER);
        FloatVector c41 = FloatVector.fromMemorySegment(SPECIES, ALL, start + Lanes.BYTES, ORDER);
        start = base(start + initRow);
        FloatVector c50 = FloatVector.fromMemorySegment(SPECIES, ALL, start, ORDER);
        FloatVector c51 = FloatVector.fromMemorySegment(SPECIES, ALL, start + Lanes.BYTES, ORDER);
        for (int i = 0; i < k; i++) {
            int at = index(i);
            long step = at * aStride;
            long from = bStart + at * bStride;
            FloatVector low = FloatVector.fromMemorySegment(SPECIES, ALL, from, ORDER);
            FloatVector high =
                    FloatVector.fromMemorySegment(SPECIES, ALL, from + Lanes.BYTES, ORDER);
            FloatVector x = spread(a0 + step);
            c00 = x.fma(low, c00);
            c01 = x.fma(high, c01);
            x = spread(a1 + step);
            c10 = x.fma(low, c10);
            c11 = x.fma(high, c11);
            x = spread(a2 + step);
            c20 = x.fma(low, c20);
            c21 = x.fma(high, c21);
            x = spread(a3 + step);
            c30 = x.fma(low, c30);
            c31 = x.fma(high, c31);
            x = spread(a4 + step);
            c40 = x.fma(low, c40);
            c41 = x.fma(high, c41);
            x = spread(a5 + step);
            c50 = x.fma(low, c50);
            c51 = x.fma(high, c51);
        }
        long end = base(out);
        c00.intoMemorySegment(ALL, end, ORDER);
        c01.intoMemorySegment(ALL, end + Lanes.BYTES, ORDER);
        end = base(end + outRow);
        c10.intoMemorySegment(ALL, end, ORDER);
        c11.intoMemorySegment(ALL, end + Lanes.BYTES, ORDER);
        end = base(end + outRow);
        c20.intoMemorySegment(ALL, end, ORDER);
        c21.intoMemorySegment(ALL, end + Lanes.BYTES, ORDER);
        end = base(end + outRow);
        c30.intoMemorySegment(ALL, end, ORDER);
        c31.intoMemorySegment(ALL, end + Lanes.BYTES, ORDER);
        end = base(end + outRow);
        c40.intoMemorySegment(ALL, end, ORDER);
        c41.intoMemorySegment(ALL, end + Lanes.BYTES, ORDER);
        end = base(end + outRow);
        c50.intoMemorySegment(ALL, end, ORDER);
        c51.intoMemorySegment(ALL, end + Lanes.BYTES, ORDER);
    }
}
