package gsdm.graph.subgraph;

import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;

/**
 * A model at some indices of its plates.
 *
 * @param part the model restricted to them
 * @param whole the plate that is kept whole
 * @param fits whether it has between half of the budget and the budget of nodes
 */
public record PlateSubgraph(GraphicalModel part, Plate whole, boolean fits) implements Subgraph {
    @Override
    public int[] nodes() {
        return part.layout().ownIndices();
    }

    @Override
    public int size() {
        return part.nodeCount();
    }
}
