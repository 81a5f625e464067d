package gsdm.nn.network;

import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.Dims;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.LayoutSignature;
import gsdm.nn.layout.VariableLayout;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Segments;
import gsdm.tensor.program.Slot;
import gsdm.tensor.sparse.SparsePattern;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The blocks that a network reads besides its parameters: the layout, mostly as integers, which
 * {@link #bind} writes once for each; and what changes at every run: the noised values, what is
 * observed, the time step.
 */
public final class NetworkInputs {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final double TIME_BASE = 10_000;
    private static final double POSITION_BASE = 1_000;

    private final NetworkConfig config;
    private final LayoutSignature signature;
    private final Block layout = new Block("layout", Block.Role.LAYOUT);
    private final Block block = new Block("inputs", Block.Role.INPUT);
    private final Slot values; // [B, X]
    private final Slot observed; // [B, N]
    private final Slot time; // [B, C]
    private final Slot bounds; // [A + 1]
    private final Slot positions; // [N, C], AE only
    private final Segments rows;
    private final Segments nodes; // AE only: each node its own row
    private final Attention.Pattern pattern;

    NetworkInputs(NetworkConfig config, LayoutSignature signature) {
        this.config = config;
        this.signature = signature;
        Dim channels = Dim.of(config.channels());
        values = block.floats("values", Dims.BATCH, Dims.VALUES);
        observed = block.floats("observed", Dims.BATCH, Dims.NODES);
        time = block.floats("time", Dims.BATCH, channels);
        bounds = layout.ints("bounds", Dim.of(signature.arrays() + 1));
        rows =
                new Segments(
                        layout.ints("row", Dims.NODES),
                        layout.ints("row pointers", Dim.of(signature.tableRows() + 1)),
                        layout.ints("row members", Dims.NODES));
        Slot pointers = layout.ints("mask pointers", Dims.NODES.plus(1));
        Slot columns = layout.ints("mask columns", Dims.EDGES);
        pattern = new Attention.Pattern(pointers, columns, pointers, columns, Dims.DEGREE);
        if (signature.embedding() == EmbeddingKind.AE) {
            positions = layout.floats("positions", Dims.NODES, channels);
            Slot identity = layout.ints("node", Dims.NODES);
            nodes =
                    new Segments(
                            identity, layout.ints("node pointers", Dims.NODES.plus(1)), identity);
        } else {
            positions = Slot.NONE;
            nodes = rows;
        }
    }

    /** Both blocks. */
    public List<Block> blocks() {
        return List.of(layout, block);
    }

    /** [B, X] noised values, observed ones clean. */
    public Slot values() {
        return values;
    }

    /** [B, N] 1 where a node is observed, else 0. */
    public Slot observed() {
        return observed;
    }

    /** [A + 1] where each array's values start, and the end. */
    public Slot bounds() {
        return bounds;
    }

    /** [B, C] the embedding of each example's time step, see {@link #setTime}. */
    public Slot time() {
        return time;
    }

    Slot positions() {
        return positions;
    }

    /** Which row of the embedding table each node takes. */
    Segments rows() {
        return rows;
    }

    /**
     * Which row of the node embeddings each node takes: the table's rows, or with positions its
     * own.
     */
    Segments nodeRows() {
        return nodes;
    }

    Attention.Pattern pattern() {
        return pattern;
    }

    /**
     * Writes what depends on the layout alone.
     *
     * @param memory holds both blocks
     * @param reserve what it was allocated for
     * @throws IllegalArgumentException if the layout has another signature, is larger than the
     *     reserve, or its mask cannot be attended over
     */
    public void bind(VariableLayout layout, Memory memory, Extents reserve) {
        if (!layout.signature().equals(signature)) {
            throw new IllegalArgumentException(
                    "the network was made for %s; the layout has %s"
                            .formatted(signature, layout.signature()));
        }
        reserve.requireHolds(Dims.of(layout, reserve.of(Dims.BATCH)).toArray());
        if (config.attention() != Neighbours.DENSE) {
            requireSymmetric(layout.mask());
            copy(layout.mask().rowPointers(), memory.write(pattern.pointers()));
            copy(layout.mask().columnIndices(), memory.write(pattern.columns()));
        }
        writeBounds(layout, memory.write(bounds));
        writeRows(layout, memory);
        if (positions.present()) {
            writePositions(layout, memory.write(positions));
            MemorySegment identity = memory.write(nodes.index());
            MemorySegment pointers = memory.write(nodes.pointers());
            for (int n = 0; n < layout.nodes(); n++) {
                identity.setAtIndex(INT, n, n);
                pointers.setAtIndex(INT, n, n);
            }
            pointers.setAtIndex(INT, layout.nodes(), layout.nodes());
        }
    }

    private static void requireSymmetric(SparsePattern mask) {
        if (!mask.isSymmetric() || !mask.hasSelfLoops()) {
            throw new IllegalArgumentException(
                    "the mask must be symmetric, with a self loop at every node; "
                            + mask
                            + " is not");
        }
    }

    private static void copy(MemorySegment from, MemorySegment to) {
        MemorySegment.copy(from, 0, to, 0, from.byteSize());
    }

    private static void writeBounds(VariableLayout layout, MemorySegment bounds) {
        int array = 0;
        for (ArrayLayout arrayLayout : layout.arrays()) {
            bounds.setAtIndex(INT, array++, arrayLayout.valueOffset());
        }
        bounds.setAtIndex(INT, array, layout.values());
    }

    private void writeRows(VariableLayout layout, Memory memory) {
        int[] index = layout.index();
        MemorySegment indexSegment = memory.write(rows.index());
        MemorySegment pointers = memory.write(rows.pointers());
        MemorySegment members = memory.write(rows.members());
        MemorySegment.copy(index, 0, indexSegment, INT, 0, index.length);
        int[] next = new int[signature.tableRows() + 1];
        for (int row : index) {
            next[row + 1]++;
        }
        for (int row = 0; row < signature.tableRows(); row++) {
            next[row + 1] += next[row];
        }
        MemorySegment.copy(next, 0, pointers, INT, 0, next.length);
        for (int n = 0; n < index.length; n++) {
            members.setAtIndex(INT, next[index[n]]++, n);
        }
    }

    private void writePositions(VariableLayout layout, MemorySegment to) {
        int channels = config.channels();
        int axes = signature.axes();
        int width = channels / axes;
        double[][] frequencies = new double[axes][];
        for (int axis = 0; axis < axes; axis++) {
            int last = axis == axes - 1 ? channels - axis * width : width;
            frequencies[axis] = Sinusoid.frequencies(last, POSITION_BASE);
        }
        for (int n = 0; n < layout.nodes(); n++) {
            for (int axis = 0; axis < axes; axis++) {
                int last = axis == axes - 1 ? channels - axis * width : width;
                Sinusoid.write(
                        layout.positions()[n * axes + axis],
                        frequencies[axis],
                        last,
                        to,
                        (long) n * channels + (long) axis * width);
            }
        }
    }

    /**
     * The embeddings of all time steps, to be copied example by example with {@link #setTime}.
     *
     * @param steps T
     * @return [T, C]
     */
    public float[] timeTable(int steps) {
        int channels = config.channels();
        float[] table = new float[Math.multiplyExact(steps, channels)];
        double[] frequencies = Sinusoid.frequencies(channels, TIME_BASE);
        MemorySegment segment = MemorySegment.ofArray(table);
        for (int t = 0; t < steps; t++) {
            Sinusoid.write(t, frequencies, channels, segment, (long) t * channels);
        }
        return table;
    }

    /**
     * Sets the time step of one example.
     *
     * @param timeTable of {@link #timeTable}
     * @param to the memory of {@link #time}
     */
    public void setTime(float[] timeTable, int t, MemorySegment to, int example) {
        int channels = config.channels();
        MemorySegment.copy(
                timeTable,
                t * channels,
                to,
                ValueLayout.JAVA_FLOAT,
                (long) example * channels * DataType.BYTES,
                channels);
    }
}
