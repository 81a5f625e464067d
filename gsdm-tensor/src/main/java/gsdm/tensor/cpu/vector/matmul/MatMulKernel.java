package gsdm.tensor.cpu.vector.matmul;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.core.MatMulTile;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.Shape;

import java.lang.foreign.MemorySegment;

/**
 * out [M, L] = op(a) [M, K] · op(b) [K, L] + bias + add. Phase 0 packs B, once for all rows; A is
 * read in place. Phase 1 is split by rows.
 */
public final class MatMulKernel implements Kernel {
    /** Rows of a block: enough work to hand out, few enough to balance. */
    public static final int BLOCK_ROWS = 8 * MatMulTile.ROWS;

    private final MatMul op;
    private final long a;
    private final long b;
    private final long bias;
    private final long add;
    private final long out;
    private final PackedMatrix packed = new PackedMatrix();
    private int rows;
    private int inner;
    private int columns;
    private long edges; // [blocks] tiles

    public MatMulKernel(MatMul op, Addresses addresses) {
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
        packed.size(inner, columns);
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        return packed.bytes() + (long) blocks(1) * MatMulTile.BYTES;
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        packed.place(workspace.address());
        edges = workspace.address() + packed.bytes();
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int blocks(int phase) {
        return phase == 0 ? packed.panels() : Math.ceilDiv(rows, BLOCK_ROWS);
    }

    @Override
    public void run(int phase, int block) {
        if (phase == 0) {
            packed.pack(block, b, op.transposeB(), bias);
            return;
        }
        int first = block * BLOCK_ROWS;
        int count = Math.min(BLOCK_ROWS, rows - first);
        long aRow = op.transposeA() ? 4 : 4L * inner;
        int aStep = op.transposeA() ? 4 * rows : 4;
        long offset = 4L * first * columns;
        packed.multiply(
                a + first * aRow,
                aRow,
                aStep,
                count,
                add == 0 ? 0 : add + offset,
                out + offset,
                edges + (long) block * MatMulTile.BYTES);
    }
}
