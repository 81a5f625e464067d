package gsdm.tensor.cpu.vector.update;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Muon;
import gsdm.tensor.program.StepState;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** One step of Muon; a block is a matrix, which no other depends on. */
public final class MuonKernel implements Kernel {
    private final StepNumbers state;
    private final Item[] items;
    private final long bufferBytes;
    private final Buffers buffers = new Buffers();

    /**
     * A matrix [rows, columns] in three places.
     *
     * @param iteration of the transpose, if that has more rows
     */
    private record Item(
            long parameters,
            long gradients,
            long momentum,
            int rows,
            int columns,
            TiledNewtonSchulz iteration) {
        boolean transposed() {
            return rows < columns;
        }

        long bufferBytes() {
            return iteration.bytes() + (transposed() ? 4L * rows * columns : 0);
        }
    }

    public MuonKernel(Muon op, Addresses addresses) {
        state = new StepNumbers(addresses.of(op.state()));
        List<Item> all = new ArrayList<>();
        for (Muon.Matrix matrix : op.matrices()) {
            int rows = op.rows(matrix);
            int columns = op.columns(matrix);
            TiledNewtonSchulz iteration =
                    new TiledNewtonSchulz(Math.max(rows, columns), Math.min(rows, columns));
            for (int part = 0; part < matrix.parts(); part++) {
                long first = 4L * part * rows * columns;
                all.add(
                        new Item(
                                first + addresses.of(op.parameters().slots().get(matrix.index())),
                                first + addresses.of(op.gradients().slots().get(matrix.index())),
                                first + addresses.of(op.momentum().slots().get(matrix.index())),
                                rows,
                                columns,
                                iteration));
            }
        }
        items = all.toArray(Item[]::new);
        bufferBytes = all.stream().mapToLong(Item::bufferBytes).max().orElse(0);
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        return Buffers.totalBytes(bufferBytes, items.length);
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        buffers.place(workspace.address(), bufferBytes);
    }

    @Override
    public int blocks(int phase) {
        return items.length;
    }

    @Override
    public void run(int phase, int block) {
        if (state.refused()) {
            return;
        }
        Item item = items[block];
        TiledNewtonSchulz iteration = item.iteration;
        long x = buffers.take();
        long rows = item.transposed() ? x + iteration.bytes() : x;
        int stride = item.transposed() ? 4 * item.columns : iteration.stride();
        iteration.begin(x);
        for (int row = 0; row < item.rows; row++) {
            direct(item, row, rows + (long) row * stride);
        }
        if (item.transposed()) {
            transpose(rows, stride, x, iteration.stride(), item.rows, item.columns);
        }
        long result = iteration.run(x);
        if (item.transposed()) {
            transpose(result, iteration.stride(), rows, stride, item.columns, item.rows);
            result = rows;
        }
        float scale = (float) Muon.scale(item.rows, item.columns);
        float rate = -state.get(StepState.LEARNING_RATE) * scale;
        for (int row = 0; row < item.rows; row++) {
            long parameters = item.parameters + 4L * row * item.columns;
            Pointwise.multiplyAdd(
                    rate, result + (long) row * stride, parameters, parameters, item.columns);
        }
        buffers.giveBack(x);
    }

    /** Moves a row of the momentum, and writes the direction that follows. */
    private void direct(Item item, int row, long to) {
        long at = 4L * row * item.columns;
        float keep = state.get(StepState.MOMENTUM);
        float weight = (1 - keep) * state.clip();
        Pointwise.multiply(weight, item.gradients + at, to, item.columns);
        Pointwise.multiplyAdd(keep, item.momentum + at, to, item.momentum + at, item.columns);
        Pointwise.multiplyAdd(keep, item.momentum + at, to, to, item.columns);
    }

    private static void transpose(
            long from, int fromStride, long to, int toStride, int rows, int columns) {
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                float value = Raw.get(from + (long) row * fromStride + 4L * column);
                Raw.put(to + (long) column * toStride + 4L * row, value);
            }
        }
    }
}
