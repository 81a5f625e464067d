package gsdm.tensor.tornado;

import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MatMul;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.function.ToIntFunction;

/** {@link MatMul} and {@link MatMul.LinearGradient}. */
final class MatMulTasks {
    /** Rows and columns of the product that a group computes; a work item computes 4 by 4. */
    private static final int TILE = 64;

    private static final int ITEM = 4;
    private static final int ACROSS = TILE / ITEM;
    private static final int GROUP = ACROSS * ACROSS;

    /** How much of the inner dimension is in local memory at a time. */
    private static final int DEPTH = 16;

    /** Sums over rows are split into at most this many panels, of at least {@link #PANEL} rows. */
    private static final int PANELS = 64;

    private static final int PANEL = 1024;

    private static final int BIAS = 1;
    private static final int ADD = 2;
    private static final int SUMS = 4;

    private MatMulTasks() {}

    /**
     * Panels of out = a·b + bias + add, below each other, each of its part of the inner dimension;
     * below each panel its sums of the rows of a, if asked for.
     *
     * <p>Numbers: rows, columns, inner, entries from a row of a to the next, from a column of a to
     * the next, from a column of b to the next, from a row of b to the next, inner entries of a
     * panel.
     *
     * @param operands {@link #BIAS} and {@link #ADD}, where there are such; {@link #SUMS}
     */
    static void multiply(
            KernelContext context,
            IntArray sizes,
            IntArray places,
            FloatArray a,
            FloatArray b,
            FloatArray bias,
            FloatArray add,
            int operands,
            FloatArray out) {
        int at = places.get(0);
        int aAt = places.get(1);
        int bAt = places.get(2);
        int biasAt = places.get(3);
        int addAt = places.get(4);
        int outAt = places.get(5);
        float[] tileA = context.allocateFloatLocalArray(TILE * DEPTH);
        float[] tileB = context.allocateFloatLocalArray(TILE * DEPTH);
        int rows = sizes.get(at);
        int columns = sizes.get(at + 1);
        int inner = sizes.get(at + 2);
        int rowOfA = sizes.get(at + 3);
        int stepOfA = sizes.get(at + 4);
        int columnOfB = sizes.get(at + 5);
        int stepOfB = sizes.get(at + 6);
        int length = sizes.get(at + 7);
        int tilesAcross = Math.max(1, (columns + TILE - 1) / TILE);
        int tiles = Math.max(1, tilesAcross * ((rows + TILE - 1) / TILE));
        int group = context.groupIdx;
        int panel = group / tiles;
        int tile = group - panel * tiles;
        int firstRow = (tile / tilesAcross) * TILE;
        int firstColumn = (tile % tilesAcross) * TILE;
        int local = context.localIdx;
        int r = (local / ACROSS) * ITEM;
        int c = (local % ACROSS) * ITEM;
        int end = Math.min(inner, (panel + 1) * length);
        float s00 = 0;
        float s01 = 0;
        float s02 = 0;
        float s03 = 0;
        float s10 = 0;
        float s11 = 0;
        float s12 = 0;
        float s13 = 0;
        float s20 = 0;
        float s21 = 0;
        float s22 = 0;
        float s23 = 0;
        float s30 = 0;
        float s31 = 0;
        float s32 = 0;
        float s33 = 0;
        float t0 = 0;
        float t1 = 0;
        float t2 = 0;
        float t3 = 0;
        for (int first = panel * length; first < end; first += DEPTH) {
            for (int i = local; i < TILE * DEPTH; i += GROUP) {
                // neighbouring items take neighbouring entries of memory
                int ka = stepOfA == 1 ? i % DEPTH : i / TILE;
                int ra = stepOfA == 1 ? i / DEPTH : i % TILE;
                float x = 0;
                if (firstRow + ra < rows && first + ka < end) {
                    x = a.get(aAt + (firstRow + ra) * rowOfA + (first + ka) * stepOfA);
                }
                tileA[ka * TILE + ra] = x;
                int kb = stepOfB == 1 ? i % DEPTH : i / TILE;
                int cb = stepOfB == 1 ? i / DEPTH : i % TILE;
                float y = 0;
                if (firstColumn + cb < columns && first + kb < end) {
                    y = b.get(bAt + (firstColumn + cb) * columnOfB + (first + kb) * stepOfB);
                }
                tileB[kb * TILE + cb] = y;
            }
            context.localBarrier();
            for (int k = 0; k < DEPTH; k++) {
                float a0 = tileA[k * TILE + r];
                float a1 = tileA[k * TILE + r + 1];
                float a2 = tileA[k * TILE + r + 2];
                float a3 = tileA[k * TILE + r + 3];
                float b0 = tileB[k * TILE + c];
                float b1 = tileB[k * TILE + c + 1];
                float b2 = tileB[k * TILE + c + 2];
                float b3 = tileB[k * TILE + c + 3];
                s00 += a0 * b0;
                s01 += a0 * b1;
                s02 += a0 * b2;
                s03 += a0 * b3;
                s10 += a1 * b0;
                s11 += a1 * b1;
                s12 += a1 * b2;
                s13 += a1 * b3;
                s20 += a2 * b0;
                s21 += a2 * b1;
                s22 += a2 * b2;
                s23 += a2 * b3;
                s30 += a3 * b0;
                s31 += a3 * b1;
                s32 += a3 * b2;
                s33 += a3 * b3;
                if ((operands & SUMS) != 0) {
                    t0 += a0;
                    t1 += a1;
                    t2 += a2;
                    t3 += a3;
                }
            }
            context.localBarrier();
        }
        int row = firstRow + r;
        int column = firstColumn + c;
        int below = (operands & SUMS) != 0 ? rows : 0;
        int panelAt = outAt + panel * (rows * columns + below);
        write(
                row, rows, column, columns, s00, s01, s02, s03, bias, biasAt, add, addAt, operands,
                out, panelAt);
        write(
                row + 1, rows, column, columns, s10, s11, s12, s13, bias, biasAt, add, addAt,
                operands, out, panelAt);
        write(
                row + 2, rows, column, columns, s20, s21, s22, s23, bias, biasAt, add, addAt,
                operands, out, panelAt);
        write(
                row + 3, rows, column, columns, s30, s31, s32, s33, bias, biasAt, add, addAt,
                operands, out, panelAt);
        if (below > 0) {
            if (column == 0) {
                int sumsAt = panelAt + rows * columns;
                for (int i = 0; i < ITEM; i++) {
                    if (row + i < rows) {
                        out.set(sumsAt + row + i, i == 0 ? t0 : i == 1 ? t1 : i == 2 ? t2 : t3);
                    }
                }
            }
        }
    }

    private static void write(
            int row,
            int rows,
            int column,
            int columns,
            float s0,
            float s1,
            float s2,
            float s3,
            FloatArray bias,
            int biasAt,
            FloatArray add,
            int addAt,
            int operands,
            FloatArray out,
            int outAt) {
        if (row < rows) {
            for (int i = 0; i < ITEM; i++) {
                if (column + i < columns) {
                    float sum = i == 0 ? s0 : i == 1 ? s1 : i == 2 ? s2 : s3;
                    int entry = row * columns + column + i;
                    if ((operands & BIAS) != 0) {
                        sum += bias.get(biasAt + column + i);
                    }
                    if ((operands & ADD) != 0) {
                        sum += add.get(addAt + entry);
                    }
                    out.set(outAt + entry, sum);
                }
            }
        }
    }

    static void lower(MatMul op, Lowering to) {
        ToIntFunction<Extents> aColumns = extents -> op.a().shape().columns(extents);
        ToIntFunction<Extents> bColumns = extents -> op.b().shape().columns(extents);
        ToIntFunction<Extents> rows = Lowering.rows(op.out());
        ToIntFunction<Extents> columns = extents -> op.out().shape().columns(extents);
        ToIntFunction<Extents> inner = op.transposeA() ? Lowering.rows(op.a()) : aColumns;
        int at =
                to.numbers(
                        rows,
                        columns,
                        inner,
                        op.transposeA() ? _ -> 1 : aColumns,
                        op.transposeA() ? aColumns : _ -> 1,
                        op.transposeB() ? bColumns : _ -> 1,
                        op.transposeB() ? _ -> 1 : bColumns,
                        inner);
        int operands = (op.bias().present() ? BIAS : 0) | (op.add().present() ? ADD : 0);
        Lowering.Floats bias = to.floats(op.bias());
        Lowering.Floats add = to.floats(op.add());
        launch(
                to,
                at,
                extents -> tiles(rows.applyAsInt(extents), columns.applyAsInt(extents)),
                to.floats(op.a()),
                to.floats(op.b()),
                bias,
                add,
                operands,
                to.floats(op.out()));
    }

    private static void launch(
            Lowering to,
            int at,
            ToIntFunction<Extents> tiles,
            Lowering.Floats a,
            Lowering.Floats b,
            Lowering.Floats bias,
            Lowering.Floats add,
            int operands,
            Lowering.Floats out) {
        to.launch(
                "matmul",
                9,
                extents -> (long) tiles.applyAsInt(extents) * GROUP,
                GROUP,
                (graph, id) ->
                        graph.task(
                                id,
                                MatMulTasks::multiply,
                                to.context(),
                                to.sizes(),
                                to.places(at, a.at(), b.at(), bias.at(), add.at(), out.at()),
                                a.array(),
                                b.array(),
                                bias.array(),
                                add.array(),
                                operands,
                                out.array()));
    }

    private static int tiles(int rows, int columns) {
        return Math.multiplyExact(Math.ceilDiv(rows, TILE), Math.ceilDiv(columns, TILE));
    }

    private static int panelLength(int rows) {
        return Math.max(PANEL, Math.ceilDiv(Math.ceilDiv(rows, PANELS), DEPTH) * DEPTH);
    }

    private static int panels(int rows) {
        return Math.max(1, Math.ceilDiv(rows, panelLength(rows)));
    }

    static void lower(MatMul.LinearGradient op, Lowering to) {
        ToIntFunction<Extents> inner = Lowering.rows(op.x());
        int outputs = op.dWeight().shape().dims().getFirst().size();
        int inputs = op.dWeight().shape().last().size();
        ToIntFunction<Extents> panels = extents -> panels(inner.applyAsInt(extents));
        int at =
                to.numbers(
                        _ -> outputs,
                        _ -> inputs,
                        inner,
                        _ -> 1,
                        _ -> outputs,
                        _ -> 1,
                        _ -> inputs,
                        extents -> panelLength(inner.applyAsInt(extents)));
        int entries = Math.multiplyExact(outputs, inputs);
        int stride = Math.addExact(entries, outputs);
        Lowering.Floats partial = to.kept(extents -> (long) panels.applyAsInt(extents) * stride);
        launch(
                to,
                at,
                extents -> Math.multiplyExact(panels.applyAsInt(extents), tiles(outputs, inputs)),
                to.floats(op.dOut()),
                to.floats(op.x()),
                partial,
                partial,
                SUMS,
                partial);
        to.merge(partial, stride, panels, entries, op.dWeight());
        to.merge(partial.from(entries), stride, panels, outputs, op.dBias());
    }
}
