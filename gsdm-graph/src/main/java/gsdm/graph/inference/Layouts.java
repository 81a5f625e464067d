package gsdm.graph.inference;

import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ModelLayout;
import gsdm.graph.model.Scale;
import gsdm.graph.model.ValueKind;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.NodeDefinitions;
import gsdm.nn.layout.VariableLayout;
import gsdm.tensor.sparse.SparsePattern;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/** What the network has to know of a model, from what the model knows of itself. */
final class Layouts {
    /** Those of models in use: as large as their masks, and the same at every scale. */
    private static final Map<GraphicalModel, NodeDefinitions> DEFINITIONS =
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
        return settings.readsDefinitions()
                ? layout.withDefinitions(DEFINITIONS.computeIfAbsent(model, DefinitionTape::of))
                : layout;
    }

    /** The layout of a model without the definitions of its nodes. */
    static VariableLayout of(
            GraphicalModel model, EmbeddingKind embedding, Map<String, Scale> scales) {
        ModelLayout layout = model.layout();
        List<ArrayLayout> arrays = new ArrayList<>();
        int valueOffset = 0;
        for (ArrayNodes array : layout.arrays()) {
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
        SparsePattern mask = model.mask();
        return switch (embedding) {
            case EE ->
                    VariableLayout.of(
                            arrays, embedding, layout.groups(), layout.groupCount(), mask);
            case IE ->
                    VariableLayout.of(
                            arrays, embedding, layout.ownIndices(), layout.ownCount(), mask);
            case AE ->
                    VariableLayout.withPositions(
                            arrays,
                            layout.arrayIndices(),
                            arrays.size(),
                            Math.max(1, layout.coordinateCount()),
                            positions(layout),
                            mask);
        };
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
