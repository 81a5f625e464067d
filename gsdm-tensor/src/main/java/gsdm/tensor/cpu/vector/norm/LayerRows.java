package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.vector.blocks.RowSource;
import gsdm.tensor.cpu.vector.core.MatMulTile;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.cpu.vector.matmul.PackedMatrix;
import gsdm.tensor.program.AddRows;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.NormLinear;
import gsdm.tensor.program.ResidualLayers;
import gsdm.tensor.program.Shape;

/** What the second of {@link ResidualLayers} reads: the first layer, and the rows added to it. */
public final class LayerRows implements RowSource {
    private final NormLinear layer;
    private final RowSource x;
    private final LayerNormaliser normaliser;
    private final long weight;
    private final long bias;
    private final long example; // [B, L]
    private final long table; // [K, L]
    private final long index; // [N]
    private final Shape shape; // [B, N, L]
    private final int inputs;
    private final int outputs;
    private final PackedMatrix packed = new PackedMatrix();
    private int nodes;

    public LayerRows(ResidualLayers op, Addresses addresses) {
        layer = op.first();
        MatMul linear = layer.linear();
        AddRows rows = op.rows();
        x = RowSource.stored(layer.norm().x(), addresses);
        normaliser = LayerNormaliser.of(layer.norm(), addresses);
        weight = addresses.of(linear.b());
        bias = addresses.of(linear.bias());
        example = addresses.of(rows.example());
        table = addresses.of(rows.table());
        index = addresses.of(rows.segments().index());
        shape = rows.out().shape();
        inputs = layer.norm().x().shape().last().size();
        outputs = shape.last().size();
    }

    @Override
    public void size(Extents extents) {
        nodes = extents.of(shape.dims().get(1));
        normaliser.size(inputs);
        packed.size(inputs, outputs);
    }

    @Override
    public long bytes() {
        return packed.bytes();
    }

    @Override
    public void place(long address) {
        packed.place(address);
    }

    @Override
    public int blocks() {
        return packed.panels();
    }

    /** Packs the weight. */
    @Override
    public void prepare(int block, long buffer) {
        packed.pack(block, weight, true, bias);
    }

    /** The rows, what they are made of, and room to work in. */
    @Override
    public long bufferBytes(int mostRows) {
        return 4L * mostRows * (outputs + inputs) + Normaliser.SCRATCH_BYTES + MatMulTile.BYTES;
    }

    @Override
    public long rows(int first, int count, long buffer) {
        long activations = buffer + 4L * count * outputs;
        long scratch = activations + 4L * count * inputs;
        long xRows = x.rows(first, count, 0);
        normaliser.activate(layer.norm(), first, count, xRows, scratch, activations);
        long tile = scratch + Normaliser.SCRATCH_BYTES;
        packed.multiply(activations, 4L * inputs, 4, count, 0, buffer, tile);
        addRows(first, count, buffer);
        return buffer;
    }

    private void addRows(int first, int count, long to) {
        long rowBytes = 4L * outputs;
        for (int row = first; row < first + count; row++) {
            int b = row / nodes;
            int n = row - b * nodes;
            long at = to + (row - first) * rowBytes;
            long entry = table + Raw.getInt(index + 4L * n) * rowBytes;
            Pointwise.add(at, example + b * rowBytes, entry, at, outputs);
        }
    }
}
