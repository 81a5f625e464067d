package gsdm.tensor.cpu.vector.norm;

import static gsdm.tensor.cpu.vector.core.MatMulTile.ROW_BYTES;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.cpu.vector.blocks.RowPanels;
import gsdm.tensor.cpu.vector.blocks.RowSource;
import gsdm.tensor.cpu.vector.core.MatMulTile;
import gsdm.tensor.cpu.vector.core.NormRows;
import gsdm.tensor.cpu.vector.core.Silu;
import gsdm.tensor.cpu.vector.matmul.Contraction;
import gsdm.tensor.cpu.vector.matmul.PackedMatrix;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.NormLinear;

import java.lang.foreign.MemorySegment;

/**
 * {@link NormLinear.Gradient}. Phase 0 packs the weight, spreads the statistics, prepares x, dOut.
 * Phase 1 goes over panels of chunks: a chunk is normalised anew, contracted with dOut for the
 * weight's gradient, and dOut times the weight gives d, all while it is in cache. Phase 2 merges
 * what panels and chunks have summed; phase 3 gives dX, where it waited for all nodes.
 */
public final class NormLinearGradientKernel implements Kernel {
    private final NormLinear.Gradient op;
    private final RowSource x;
    private final RowSource dOut;
    private final long weight;
    private final long dWeight;
    private final long dBias;
    private final boolean silu;
    private final NormGradient gradient;
    private final Contraction contraction = new Contraction();
    private final PackedMatrix packed = new PackedMatrix();
    private final Buffers buffers = new Buffers(); // see bufferBytes
    private NodeChunks chunks = NodeChunks.NONE;
    private int outputs;
    private int panels;
    private long kept; // [B, N, C]: d, where it is read again

    public NormLinearGradientKernel(NormLinear.Gradient op, Addresses addresses) {
        this(
                op,
                addresses,
                RowSource.stored(op.norm().norm().x(), addresses),
                RowSource.stored(op.weights().dOut(), addresses));
    }

    /**
     * The same of rows that may be in no memory.
     *
     * @param x [B·N, C]
     * @param dOut [B·N, L]
     */
    public NormLinearGradientKernel(
            NormLinear.Gradient op, Addresses addresses, RowSource x, RowSource dOut) {
        this.op = op;
        this.x = x;
        this.dOut = dOut;
        weight = addresses.of(op.input().b());
        dWeight = addresses.of(op.weights().dWeight());
        dBias = addresses.of(op.weights().dBias());
        silu = op.norm().norm().silu();
        gradient = NormGradient.of(op.norm(), addresses);
    }

    private void size(Extents extents) {
        x.size(extents);
        dOut.size(extents);
        chunks = chunks.resized(op.norm().norm(), extents);
        outputs = op.weights().dOut().shape().columns(extents);
        panels = Math.min(RowPanels.count(chunks.batch() * chunks.nodes()), chunks.count());
        gradient.size(chunks);
        contraction.size(outputs, chunks.channels(), panels);
        packed.size(outputs, chunks.channels());
    }

    private long keptBytes() {
        return gradient.overNodes() ? chunks.bytes() : 0;
    }

    private long rowBytes() {
        return chunks.mostBytes() + ROW_BYTES;
    }

    /** Of activations and slopes, NormRows, Silu, a tile, d that is not kept, dOut and x. */
    private long bufferBytes() {
        return xAt() + x.bufferBytes(NodeChunks.NODES);
    }

    private long xAt() {
        return dOutAt() + dOut.bufferBytes(NodeChunks.NODES);
    }

    private long dOutAt() {
        return 2 * rowBytes()
                + NormRows.BUFFER_BYTES
                + Silu.BUFFER_BYTES
                + MatMulTile.BYTES
                + chunks.mostBytes();
    }

    @Override
    public long workspaceBytes(Extents reserve) {
        size(reserve);
        return packed.bytes()
                + gradient.bytes()
                + contraction.bytes()
                + keptBytes()
                + x.bytes()
                + dOut.bytes()
                + Buffers.totalBytes(bufferBytes(), Math.max(panels, x.blocks() + dOut.blocks()));
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {
        size(extents);
        long at = workspace.address();
        packed.place(at);
        at += packed.bytes();
        gradient.place(at);
        at += gradient.bytes();
        contraction.place(at);
        at += contraction.bytes();
        kept = at;
        at += keptBytes();
        x.place(at);
        at += x.bytes();
        dOut.place(at);
        at += dOut.bytes();
        buffers.place(at, bufferBytes());
    }

    @Override
    public int phases() {
        return 4;
    }

    private int spreads() {
        return gradient.overNodes() ? chunks.batch() : 0;
    }

    @Override
    public int blocks(int phase) {
        return switch (phase) {
            case 0 -> spreads() + packed.panels() + x.blocks() + dOut.blocks();
            case 1 -> panels;
            case 2 -> chunks.batch() + contraction.merges();
            default -> 1 + (gradient.overNodes() ? chunks.count() : 0);
        };
    }

    @Override
    public void run(int phase, int block) {
        switch (phase) {
            case 0 -> begin(block);
            case 1 -> panel(block);
            case 2 -> {
                int rest = block - chunks.batch();
                if (rest < 0) {
                    gradient.merge(block);
                } else {
                    contraction.merge(rest, dWeight, dBias);
                }
            }
            default -> {
                if (block == 0) {
                    gradient.parameters();
                } else {
                    gradient.backward(block - 1, kept + chunks.offset(block - 1));
                }
            }
        }
    }

    private void begin(int block) {
        int panel = block - spreads();
        int rest = panel - packed.panels();
        if (panel < 0) {
            gradient.spread(block);
        } else if (rest < 0) {
            packed.pack(panel, weight, false, 0);
        } else {
            long buffer = buffers.take();
            if (rest < x.blocks()) {
                x.prepare(rest, buffer + xAt());
            } else {
                dOut.prepare(rest - x.blocks(), buffer + dOutAt());
            }
            buffers.giveBack(buffer);
        }
    }

    private void panel(int panel) {
        contraction.begin(panel);
        long buffer = buffers.take();
        int first = RowPanels.first(panel, panels, chunks.count());
        int end = RowPanels.first(panel + 1, panels, chunks.count());
        for (int chunk = first; chunk < end; chunk++) {
            chunk(panel, chunk, buffer, chunk == first);
        }
        buffers.giveBack(buffer);
    }

    private void chunk(int panel, int chunk, long activations, boolean first) {
        int channels = chunks.channels();
        int count = chunks.nodes(chunk);
        int dRow = 4 * outputs;
        long xRows = x.rows(chunks.row(chunk), count, activations + xAt());
        long dOutRows = dOut.rows(chunks.row(chunk), count, activations + dOutAt());
        long slopes = activations + rowBytes();
        long rows = slopes + rowBytes();
        long siluAt = rows + NormRows.BUFFER_BYTES;
        long tile = siluAt + Silu.BUFFER_BYTES;
        gradient.begin(chunk, xRows, rows);
        gradient.normalise(chunk, xRows, rows, activations);
        if (silu) {
            Silu.forwardAndSlope(activations, slopes, count * channels, siluAt);
        }
        contraction.addSums(panel, dOutRows, dRow, count);
        contraction.add(panel, dOutRows, dRow, activations, 4 * channels, count, first);
        long d = gradient.overNodes() ? kept + chunks.offset(chunk) : tile + MatMulTile.BYTES;
        packed.multiply(dOutRows, dRow, 4, count, 0, d, tile);
        gradient.sum(chunk, xRows, d, silu ? slopes : 0, rows);
    }
}
