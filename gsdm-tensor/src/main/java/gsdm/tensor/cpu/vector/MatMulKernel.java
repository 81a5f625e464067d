package gsdm.tensor.cpu.vector;

import static gsdm.tensor.cpu.vector.MatMulTile.COLUMNS;
import static gsdm.tensor.cpu.vector.MatMulTile.ROWS;
import static gsdm.tensor.cpu.vector.MatMulTile.ROW_BYTES;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Shape;

import java.lang.foreign.MemorySegment;

/**
 * out [M, L] = op(a) [M, K] · op(b) [K, L] + bias + add.
 *
 * <p>Phase 0 packs B once for all rows: panels of {@link MatMulTile#COLUMNS} columns, [panel, K,
 * COLUMNS], zero beyond L; A is read in place. Phase 1 is split by rows.
 */
final class MatMulKernel implements Kernel {
    /** Rows of a block: enough work to hand out, few enough to balance. */
    private static final int BLOCK_ROWS = 16 * ROWS;

    /** Packed panels of B up to this size stay in the first-level cache while rows go by. */
    private static final long CACHED_BYTES = 24 << 10;

    private final Op.MatMul op;
    private final long a;
    private final long b;
    private final long bias;
    private final long add;
    private final long out;
    private int rows;
    private int inner;
    private int columns;
    private int panels;
    private long packed; // [panels, K, COLUMNS]
    private long biasRow; // [panels * COLUMNS], zero without a bias
    private long edges; // [blocks, ROWS, COLUMNS]

    MatMulKernel(Op.MatMul op, Addresses addresses) {
        this.op = op;
        a = addresses.of(op.a());
        b = addresses.of(op.b());
        bias = op.bias().present() ? addresses.of(op.bias()) : 0;
        add = op.add().present() ? addresses.of(op.add()) : 0;
        out = addresses.of(op.out());
    }

    private void size(Extents extents) {
        Shape left = op.a().shape();
        rows = op.transposeA() ? left.columns(extents) : left.rows(extents);
        inner = op.transposeA() ? left.rows(extents) : left.columns(extents);
        columns = op.out().shape().columns(extents);
        panels = Math.ceilDiv(columns, COLUMNS);
    }

    private long packedBytes() {
        return (long) panels * inner * ROW_BYTES;
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        return packedBytes() + (long) panels * ROW_BYTES + (long) blocks(1) * MatMulTile.BYTES;
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        packed = workspace.address();
        biasRow = packed + packedBytes();
        edges = biasRow + (long) panels * ROW_BYTES;
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int blocks(int phase) {
        return phase == 0 ? panels : Math.ceilDiv(rows, BLOCK_ROWS);
    }

    @Override
    public void run(int phase, int block) {
        if (phase == 0) {
            pack(block);
        } else {
            multiply(block);
        }
    }

    private void pack(int panel) {
        int first = panel * COLUMNS;
        int width = Math.min(COLUMNS, columns - first);
        long to = packed + (long) panel * inner * ROW_BYTES;
        if (op.transposeB()) {
            Panels.packTransposed(b + 4L * first * inner, 4L * inner, inner, width, to);
        } else {
            Panels.pack(b + 4L * first, 4L * columns, inner, width, to);
        }
        long row = biasRow + (long) panel * ROW_BYTES;
        for (int c = 0; c < COLUMNS; c++) {
            Raw.put(row + 4L * c, bias != 0 && c < width ? Raw.get(bias + 4L * (first + c)) : 0);
        }
    }

    private void multiply(int block) {
        int first = block * BLOCK_ROWS;
        int last = Math.min(first + BLOCK_ROWS, rows);
        long edge = edges + (long) block * MatMulTile.BYTES;
        if (add != 0) {
            begin(first, last);
        }
        if (packedBytes() <= CACHED_BYTES) {
            for (int row = first; row < last; row += ROWS) {
                for (int panel = 0; panel < panels; panel++) {
                    tile(row, last, panel, edge);
                }
            }
        } else {
            for (int panel = 0; panel < panels; panel++) {
                for (int row = first; row < last; row += ROWS) {
                    tile(row, last, panel, edge);
                }
            }
        }
    }

    private void tile(int row, int last, int panel, long edge) {
        long aRow = op.transposeA() ? 4 : 4L * inner;
        int aStep = op.transposeA() ? 4 * rows : 4;
        long from = a + row * aRow;
        long panelAt = packed + (long) panel * inner * ROW_BYTES;
        long init = biasRow + (long) panel * ROW_BYTES;
        long stride = 4L * columns;
        long offset = row * stride + (long) panel * ROW_BYTES;
        int height = Math.min(ROWS, last - row);
        int width = Math.min(COLUMNS, columns - panel * COLUMNS);
        if (height == ROWS && width == COLUMNS) {
            long to = out + offset;
            if (add == 0) {
                MatMulTile.multiply(
                        from, aRow, aStep, ROWS, panelAt, ROW_BYTES, inner, init, 0, to, stride);
            } else {
                MatMulTile.multiply(
                        from, aRow, aStep, ROWS, panelAt, ROW_BYTES, inner, to, stride, to, stride);
            }
        } else {
            MatMulTile.multiply(
                    from, aRow, aStep, height, panelAt, ROW_BYTES, inner, init, 0, edge, ROW_BYTES);
            Panels.unpack(edge, height, width, add == 0 ? 0 : add + offset, out + offset, stride);
        }
    }

    /**
     * out = add + bias where whole tiles will start from it: row after row, so that what is added
     * streams in rather than being waited for in each tile.
     */
    private void begin(int first, int last) {
        int height = (last - first) / ROWS * ROWS;
        int width = columns / COLUMNS * COLUMNS;
        for (int row = first; row < first + height; row++) {
            long at = 4L * row * columns;
            Pointwise.add(Raw.base(add + at), Raw.base(biasRow), Raw.base(out + at), width);
        }
    }
}
