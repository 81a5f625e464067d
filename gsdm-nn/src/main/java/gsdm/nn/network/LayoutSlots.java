package gsdm.nn.network;

import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.Dims;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.LayoutSignature;
import gsdm.nn.layout.NodeDefinitions;
import gsdm.nn.layout.VariableLayout;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Attention.Neighbours;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Definitions;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Segments;
import gsdm.tensor.program.Slot;
import gsdm.tensor.sparse.SparsePattern;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/**
 * The block of what programs read of a layout: written by {@link #bind} once for each, and read by
 * networks, by what noises values and by what measures errors.
 */
public final class LayoutSlots {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final double POSITION_BASE = 1_000;

    private final LayoutSignature signature;
    private final int channels;
    private final Neighbours attention;
    private final Block block = new Block("layout", Block.Role.LAYOUT);
    private final List<NodeKind> kinds;
    private final Slot bounds; // [A + 1]
    private final Slot scales; // [A, 2]
    private final Slot places; // [N]
    private final Slot positions; // [N, C], AE only
    private final Segments rows;
    private final Segments nodes; // AE only: each node its own row
    private final Attention.Pattern pattern;
    private final Optional<Definitions> definitions;

    /**
     * Slots for layouts of that signature.
     *
     * @param defined whether definitions of nodes are among what is read
     */
    LayoutSlots(LayoutSignature signature, int channels, Neighbours attention, boolean defined) {
        this.signature = signature;
        this.channels = channels;
        this.attention = attention;
        this.kinds = Dims.kinds(signature);
        int arrays = signature.arrays().size();
        bounds = block.ints("bounds", Dim.of(arrays + 1));
        scales = block.floats("scales", Dim.of(arrays), Dim.of(2));
        places = block.ints("places", Dims.NODES);
        rows =
                new Segments(
                        block.ints("row", Dims.NODES),
                        block.ints("row pointers", Dim.of(signature.tableRows() + 1)),
                        block.ints("row members", Dims.NODES));
        Slot pointers = block.ints("mask pointers", Dims.NODES.plus(1));
        Slot columns = block.ints("mask columns", Dims.EDGES);
        pattern = new Attention.Pattern(pointers, columns, pointers, columns, Dims.DEGREE);
        if (signature.embedding() == EmbeddingKind.AE) {
            positions = block.floats("positions", Dims.NODES, Dim.of(channels));
            Slot identity = block.ints("node", Dims.NODES);
            nodes =
                    new Segments(
                            identity, block.ints("node pointers", Dims.NODES.plus(1)), identity);
        } else {
            positions = Slot.NONE;
            nodes = rows;
        }
        definitions = defined ? Optional.of(declareDefinitions()) : Optional.empty();
    }

    private Definitions declareDefinitions() {
        return new Definitions(
                block.ints("definition pointers", Dims.NODES.plus(1)),
                block.ints("codes", Dims.INSTRUCTIONS),
                block.ints("operands", Dims.INSTRUCTIONS),
                block.floats("constants", Dims.INSTRUCTIONS),
                block.ints("read pointers", Dims.NODES.plus(1)),
                block.ints("reads", Dims.READS));
    }

    /** All of it. */
    public Block block() {
        return block;
    }

    /** The kinds of nodes, in order. */
    public List<NodeKind> kinds() {
        return kinds;
    }

    /** [A + 1] int: where each array's values start, and the end. */
    public Slot bounds() {
        return bounds;
    }

    /** [A, 2]: the mean of each array, and the factor that its values are then multiplied by. */
    public Slot scales() {
        return scales;
    }

    /** [N] int: the index of each node in its array of the whole model. */
    public Slot places() {
        return places;
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

    /** What nodes are functions of, where the network reads it. */
    Optional<Definitions> definitions() {
        return definitions;
    }

    /**
     * Writes a layout.
     *
     * @param memory holds the block
     * @param reserve what it was allocated for
     * @throws IllegalArgumentException if the layout has another signature, is larger than the
     *     reserve, or its mask cannot be attended over; nothing is written then
     */
    public void bind(VariableLayout layout, Memory memory, Extents reserve) {
        if (!layout.signature().equals(signature)) {
            throw new IllegalArgumentException(
                    "the network was made for %s; the layout has %s"
                            .formatted(signature, layout.signature()));
        }
        reserve.requireHolds(Dims.of(layout, reserve.of(Dims.BATCH)).toArray());
        if (attention != Neighbours.DENSE) {
            requireSymmetric(layout.mask());
            copy(layout.mask().rowPointers(), memory.write(pattern.pointers()));
            copy(layout.mask().columnIndices(), memory.write(pattern.columns()));
        }
        writeArrays(layout, memory.write(bounds), memory.write(scales));
        layout.writePlaces(memory.write(places));
        writeRows(layout, memory);
        definitions.ifPresent(slots -> write(layout.definitions(), slots, memory));
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

    private static void write(NodeDefinitions from, Definitions to, Memory memory) {
        memory.write(to.pointers()).copyFrom(MemorySegment.ofArray(from.pointers()));
        memory.write(to.codes()).copyFrom(MemorySegment.ofArray(from.codes()));
        memory.write(to.operands()).copyFrom(MemorySegment.ofArray(from.operands()));
        memory.write(to.constants()).copyFrom(MemorySegment.ofArray(from.constants()));
        memory.write(to.readPointers()).copyFrom(MemorySegment.ofArray(from.readPointers()));
        memory.write(to.reads()).copyFrom(MemorySegment.ofArray(from.reads()));
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

    private static void writeArrays(
            VariableLayout layout, MemorySegment bounds, MemorySegment scales) {
        int a = 0;
        for (ArrayLayout array : layout.arrays()) {
            bounds.setAtIndex(INT, a, array.valueOffset());
            scales.setAtIndex(FLOAT, 2L * a, (float) array.mean());
            scales.setAtIndex(FLOAT, 2L * a + 1, (float) (1 / array.std()));
            a++;
        }
        bounds.setAtIndex(INT, a, layout.values());
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
}
