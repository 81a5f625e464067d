package gsdm.nn.layout;

import gsdm.tensor.sparse.SparsePattern;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What the network has to know of a model: its nodes and values in order, their kinds and scales,
 * their embeddings, and who attends to whom. N nodes, X values (one for a continuous node, one for
 * each option of a discrete one).
 *
 * <p>Nodes are ordered continuous first, then discrete by number of options ascending; values
 * follow the nodes. Immutable as long as the arrays handed in are left alone: they are not copied,
 * since there can be millions of nodes.
 */
public final class VariableLayout {
    private final List<ArrayLayout> arrays;
    private final EmbeddingKind embedding;
    private final int[] index; // [N]
    private final int tableRows;
    private final int axes;
    private final int[] positions; // [N, P]
    private final SparsePattern mask;
    private final int[] places; // [N], or empty: every node is at its index in its array
    private final NodeDefinitions definitions;
    private final int nodes;
    private final int values;

    /**
     * A layout without positions, for {@link EmbeddingKind#EE} and {@link EmbeddingKind#IE}.
     *
     * @param arrays in node order
     * @param index [N] the row of the embedding table each node takes
     * @param tableRows K, the rows of the embedding table
     * @param mask [N, N] row n lists the nodes that node n attends to; symmetric, with self loops
     * @throws IllegalArgumentException if the parts do not fit together
     */
    public static VariableLayout of(
            List<ArrayLayout> arrays,
            EmbeddingKind embedding,
            int[] index,
            int tableRows,
            SparsePattern mask) {
        return new VariableLayout(
                arrays, embedding, index, tableRows, 0, new int[0], mask, new int[0], null);
    }

    /**
     * A layout with array indices, for {@link EmbeddingKind#AE}.
     *
     * @param axes P, the most axes an array has
     * @param positions [N, P] the array indices of each node in axis order, padded with zeros
     * @throws IllegalArgumentException if the parts do not fit together
     */
    public static VariableLayout withPositions(
            List<ArrayLayout> arrays,
            int[] index,
            int tableRows,
            int axes,
            int[] positions,
            SparsePattern mask) {
        return new VariableLayout(
                arrays,
                EmbeddingKind.AE,
                index,
                tableRows,
                axes,
                positions,
                mask,
                new int[0],
                null);
    }

    private VariableLayout(
            List<ArrayLayout> arrays,
            EmbeddingKind embedding,
            int[] index,
            int tableRows,
            int axes,
            int[] positions,
            SparsePattern mask,
            int[] places,
            NodeDefinitions definitions) {
        this.arrays = List.copyOf(arrays);
        this.embedding = Objects.requireNonNull(embedding);
        this.index = Objects.requireNonNull(index);
        this.tableRows = tableRows;
        this.axes = axes;
        this.positions = Objects.requireNonNull(positions);
        this.mask = Objects.requireNonNull(mask);
        this.places = places;
        int nodeEnd = 0;
        int valueEnd = 0;
        int options = 1;
        Set<String> names = new HashSet<>();
        for (ArrayLayout array : arrays) {
            require(names.add(array.name()), "two arrays are named %s", array.name());
            require(
                    array.nodeOffset() == nodeEnd && array.valueOffset() == valueEnd,
                    "array %s must start at node %d and value %d, where the one before it ends;"
                            + " found %d and %d",
                    array.name(),
                    nodeEnd,
                    valueEnd,
                    array.nodeOffset(),
                    array.valueOffset());
            require(
                    array.options() >= options,
                    "arrays are ordered by options; %s with %d follows one with %d",
                    array.name(),
                    array.options(),
                    options);
            options = array.options();
            nodeEnd += array.nodes();
            valueEnd += array.values();
        }
        this.nodes = nodeEnd;
        this.values = valueEnd;
        require(nodes > 0, "a layout needs at least one node");
        this.definitions = definitions == null ? NodeDefinitions.none(nodes) : definitions;
        checkEmbedding();
        require(
                mask.rows() == nodes && mask.columns() == nodes,
                "the mask must be %d x %d; found %s",
                nodes,
                nodes,
                mask);
    }

    private void checkEmbedding() {
        require(
                index.length == nodes,
                "the embedding index must have an entry for each of %d nodes; found %d",
                nodes,
                index.length);
        require(tableRows > 0, "the embedding table needs a row; found %d", tableRows);
        for (int row : index) {
            require(
                    row >= 0 && row < tableRows,
                    "embedding rows are in [0, %d); found %d",
                    tableRows,
                    row);
        }
        boolean positional = embedding == EmbeddingKind.AE;
        require(
                positional ? axes > 0 : axes == 0,
                "array indices go with AE embeddings and no other; found %s with %d axes",
                embedding,
                axes);
        require(
                positions.length == (long) nodes * axes,
                "positions must be %d x %d integers; found %d",
                nodes,
                axes,
                positions.length);
        for (int position : positions) {
            require(position >= 0, "array indices are 0 or more; found %d", position);
        }
    }

    /** The arrays in node order. */
    public List<ArrayLayout> arrays() {
        return arrays;
    }

    /** The array of that name. */
    public ArrayLayout array(String name) {
        for (ArrayLayout array : arrays) {
            if (array.name().equals(name)) {
                return array;
            }
        }
        throw new IllegalArgumentException(
                "there is no array "
                        + name
                        + "; known: "
                        + arrays.stream().map(ArrayLayout::name).toList());
    }

    /** N. */
    public int nodes() {
        return nodes;
    }

    /** X. */
    public int values() {
        return values;
    }

    public EmbeddingKind embedding() {
        return embedding;
    }

    /** [N] the row of the embedding table that each node takes; not to be written. */
    public int[] index() {
        return index;
    }

    /** K, the rows of the embedding table. */
    public int tableRows() {
        return tableRows;
    }

    /** P, the axes of a position; 0 without positions. */
    public int axes() {
        return axes;
    }

    /** [N, P] array indices; not to be written. */
    public int[] positions() {
        return positions;
    }

    /** [N, N] row n lists the nodes that node n attends to. */
    public SparsePattern mask() {
        return mask;
    }

    /**
     * This layout as a part of a larger model, some nodes of each of its arrays: noise is drawn for
     * a node by its place in the whole, whatever else a layout holds.
     *
     * @param wholePlaces [N] the index of each node in its array of the whole model, ascending
     *     within an array; not copied
     * @throws IllegalArgumentException if there are not N, or they do not ascend
     */
    public VariableLayout withPlaces(int... wholePlaces) {
        require(
                wholePlaces.length == nodes,
                "there must be a place for each of %d nodes; found %d",
                nodes,
                wholePlaces.length);
        for (ArrayLayout array : arrays) {
            int least = 0;
            for (int n = array.nodeOffset(); n < array.nodeOffset() + array.nodes(); n++) {
                require(
                        wholePlaces[n] >= least,
                        "places of array %s ascend from 0; found %d where %d or more can be",
                        array.name(),
                        wholePlaces[n],
                        least);
                least = wholePlaces[n] + 1;
            }
        }
        return new VariableLayout(
                arrays,
                embedding,
                index,
                tableRows,
                axes,
                positions,
                mask,
                wholePlaces,
                definitions);
    }

    /**
     * The part of this layout at some nodes, with the edges among them and the definitions that
     * read none but them.
     *
     * @param arena holds the edges
     * @param kept numbers of the nodes, ascending
     * @throws IllegalArgumentException if there are none, or they do not ascend within the layout
     */
    public VariableLayout part(Arena arena, int... kept) {
        int[] ranks = new int[nodes];
        Arrays.fill(ranks, -1);
        int[] ownIndex = new int[kept.length];
        int[] ownPlaces = new int[kept.length];
        int[] ownPositions = new int[kept.length * axes];
        List<ArrayLayout> parts = new ArrayList<>();
        int n = 0;
        int value = 0;
        for (ArrayLayout array : arrays) {
            int first = n;
            int end = array.nodeOffset() + array.nodes();
            for (; n < kept.length && kept[n] < end; n++) {
                int node = kept[n];
                require(
                        node >= 0 && (n == 0 || kept[n - 1] < node),
                        "kept nodes ascend from 0; found %d at place %d",
                        node,
                        n);
                ranks[node] = n;
                ownIndex[n] = index[node];
                ownPlaces[n] = places.length > 0 ? places[node] : node - array.nodeOffset();
                System.arraycopy(positions, node * axes, ownPositions, n * axes, axes);
            }
            ArrayLayout part = array.part(first, n - first, value);
            parts.add(part);
            value += part.values();
        }
        require(n == kept.length, "kept nodes are below %d; found more", nodes);
        return new VariableLayout(
                parts,
                embedding,
                ownIndex,
                tableRows,
                axes,
                ownPositions,
                mask.part(kept, ranks, arena),
                ownPlaces,
                definitions.part(kept, ranks));
    }

    /**
     * This layout with what its nodes are functions of; without it, of nothing.
     *
     * @throws IllegalArgumentException if those are not of N nodes
     */
    public VariableLayout withDefinitions(NodeDefinitions ofNodes) {
        require(
                ofNodes.nodes() == nodes,
                "there must be definitions of %d nodes; found %s",
                nodes,
                ofNodes);
        return new VariableLayout(
                arrays, embedding, index, tableRows, axes, positions, mask, places, ofNodes);
    }

    /** What its nodes are functions of. */
    public NodeDefinitions definitions() {
        return definitions;
    }

    /** Writes the index of each node in its array of the whole model, [N] int. */
    public void writePlaces(MemorySegment to) {
        if (places.length > 0) {
            MemorySegment.copy(places, 0, to, ValueLayout.JAVA_INT, 0, nodes);
            return;
        }
        for (ArrayLayout array : arrays) {
            for (int n = 0; n < array.nodes(); n++) {
                to.setAtIndex(ValueLayout.JAVA_INT, (long) array.nodeOffset() + n, n);
            }
        }
    }

    /** What it has in common with all layouts of the model. */
    public LayoutSignature signature() {
        return new LayoutSignature(
                arrays.stream().map(ArrayLayout::signature).toList(), embedding, tableRows, axes);
    }

    /** How many nodes have that number of options. */
    public int nodesWithOptions(int options) {
        return arrays.stream()
                .filter(array -> array.options() == options)
                .mapToInt(ArrayLayout::nodes)
                .sum();
    }

    @Override
    public String toString() {
        return "VariableLayout[arrays=%d, nodes=%d, values=%d, embedding=%s]"
                .formatted(arrays.size(), nodes, values, embedding);
    }

    private static void require(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new IllegalArgumentException(message.formatted(arguments));
        }
    }
}
