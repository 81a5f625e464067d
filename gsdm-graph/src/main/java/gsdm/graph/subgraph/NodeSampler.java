package gsdm.graph.subgraph;

import gsdm.graph.model.GraphicalModel;

/** Node sampling: as many nodes as the budget has, every set of them equally likely. */
final class NodeSampler implements SubgraphSampler {
    private final int nodes;
    private final int budget;

    NodeSampler(GraphicalModel model, int budget) {
        nodes = model.nodeCount();
        this.budget = Math.min(budget, nodes);
    }

    @Override
    public NodeSubgraph draw(long key) {
        return new NodeSubgraph(Choices.some(key, budget, nodes));
    }
}
