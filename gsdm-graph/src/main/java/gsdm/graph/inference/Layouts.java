package gsdm.graph.inference;

import gsdm.graph.gibbs.Moves;
import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ModelLayout;
import gsdm.graph.model.Scale;
import gsdm.graph.model.ValueKind;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.ArraySignature;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.LayoutSignature;
import gsdm.nn.layout.NodeDefinitions;
import gsdm.nn.layout.VariableLayout;
import gsdm.tensor.sparse.SparsePattern;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

/** What the network has to know of a model, from what the model knows of itself. */
final class Layouts {
    /** Those of models in use: as large as their masks, and the same at every scale. */
    private static final Map<GraphicalModel, NodeDefinitions> DEFINITIONS =
            Collections.synchronizedMap(new WeakHashMap<>());

    /** What of them moves, by what may be observed. */
    private static final Map<GraphicalModel, Map<Conditioning, Optional<Moves>>> MOVES =
            Collections.synchronizedMap(new WeakHashMap<>());

    private Layouts() {}

    /**
     * The layout of a model, with what networks of these settings read of it.
     *
     * @param scales of the arrays by name
     */
    static VariableLayout of(
            GraphicalModel model, ModelSettings settings, Map<String, Scale> scales) {
        VariableLayout layout = of(model, settings.embedding(), scales);
        if (!settings.readsDefinitions()) {
            return layout;
        }
        return layout.withDefinitions(definitions(model));
    }

    /** How the nodes of a model are functions of others. */
    static NodeDefinitions definitions(GraphicalModel model) {
        return whole(model.layout())
                ? DEFINITIONS.computeIfAbsent(model, DefinitionTape::of)
                : DefinitionTape.of(model);
    }

    /**
     * What a Gibbs sampler moves of a model; empty if that is nothing, and of a part of a model.
     */
    static Optional<Moves> moves(GraphicalModel model, Conditioning conditioning) {
        if (!whole(model.layout()) || !Moves.possible(model, conditioning)) {
            return Optional.empty();
        }
        return MOVES.computeIfAbsent(model, _ -> new ConcurrentHashMap<>())
                .computeIfAbsent(
                        conditioning,
                        of ->
                                Optional.of(Moves.of(model, definitions(model), of))
                                        .filter(moves -> !moves.none()));
    }

    /** The layout of a model without the definitions of its nodes. */
    static VariableLayout of(
            GraphicalModel model, EmbeddingKind embedding, Map<String, Scale> scales) {
        ModelLayout nodes = model.layout();
        List<ArrayLayout> arrays = arrays(nodes, scales);
        SparsePattern mask = model.mask();
        VariableLayout layout =
                switch (embedding) {
                    case EE ->
                            VariableLayout.of(
                                    arrays, embedding, nodes.groups(), nodes.groupCount(), mask);
                    case IE ->
                            VariableLayout.of(
                                    arrays, embedding, nodes.ownIndices(), nodes.ownCount(), mask);
                    case AE ->
                            VariableLayout.withPositions(
                                    arrays,
                                    nodes.arrayIndices(),
                                    arrays.size(),
                                    axes(nodes),
                                    positions(nodes),
                                    mask);
                };
        return whole(nodes) ? layout : layout.withPlaces(nodes.places());
    }

    /** What the layouts of a model and of its parts have in common. */
    static LayoutSignature signature(
            GraphicalModel model, EmbeddingKind embedding, Map<String, Scale> scales) {
        ModelLayout nodes = model.layout();
        List<ArraySignature> arrays =
                arrays(nodes, scales).stream().map(ArrayLayout::signature).toList();
        return switch (embedding) {
            case EE -> new LayoutSignature(arrays, embedding, nodes.groupCount(), 0);
            case IE -> new LayoutSignature(arrays, embedding, nodes.ownCount(), 0);
            case AE -> new LayoutSignature(arrays, embedding, arrays.size(), axes(nodes));
        };
    }

    /** The arrays of a model in the order of their nodes. */
    static List<ArrayLayout> arrays(ModelLayout nodes, Map<String, Scale> scales) {
        List<ArrayLayout> arrays = new ArrayList<>();
        int valueOffset = 0;
        for (ArrayNodes array : nodes.arrays()) {
            Scale scale = scales.get(array.name());
            ArrayLayout own =
                    new ArrayLayout(
                            array.name(),
                            options(array.kind()),
                            array.offset(),
                            array.count(),
                            valueOffset,
                            scale.mean(),
                            scale.std());
            valueOffset += own.values();
            arrays.add(own);
        }
        return arrays;
    }

    /** Whether no node of a model was dropped. */
    static boolean whole(ModelLayout nodes) {
        return nodes.nodeCount() == nodes.ownCount();
    }

    private static int axes(ModelLayout nodes) {
        return Math.max(1, nodes.coordinateCount());
    }

    /** Array indices; a model of scalars alone still has one axis, all zeros. */
    private static int[] positions(ModelLayout layout) {
        return layout.coordinateCount() == 0 ? new int[layout.nodeCount()] : layout.coordinates();
    }

    /** Values a node of this kind has in the network. */
    static int options(ValueKind kind) {
        return switch (kind) {
            case ValueKind.Continuous _ -> 1;
            case ValueKind.Discrete discrete -> discrete.options();
        };
    }
}
