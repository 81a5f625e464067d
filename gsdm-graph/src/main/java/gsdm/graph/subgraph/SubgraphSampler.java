package gsdm.graph.subgraph;

import gsdm.graph.model.GraphicalModel;

/**
 * Draws subgraphs of a model. What is drawn is a function of the model, the budget and the key
 * alone; an instance serves one thread at a time.
 */
public sealed interface SubgraphSampler permits PlateSampler, HopSampler, NodeSampler {
    /** How nodes are chosen. */
    enum Kind {
        /** One plate whole, some indices of the others. */
        PLATE,
        /** What lies nearest to a node. */
        KHOP,
        /** Nodes independent of each other. */
        NODE
    }

    /**
     * The sampler of a kind.
     *
     * @param budget the most nodes to draw, at least 1
     * @throws IllegalArgumentException if the budget is less, or the model is a part of one
     */
    static SubgraphSampler of(Kind kind, GraphicalModel model, int budget) {
        if (budget < 1) {
            throw new IllegalArgumentException(
                    "a subgraph needs a budget of 1 or more nodes; found " + budget);
        }
        for (var plate : model.plates()) {
            if (model.size(plate) != model.fullSize(plate)) {
                throw new IllegalArgumentException(
                        "subgraphs are drawn of whole models; plate '%s' keeps %d of %d indices"
                                .formatted(plate, model.size(plate), model.fullSize(plate)));
            }
        }
        return switch (kind) {
            case PLATE -> new PlateSampler(model, budget);
            case KHOP -> new HopSampler(model, budget);
            case NODE -> new NodeSampler(model, budget);
        };
    }

    Subgraph draw(long key);
}
