package gsdm.graph.inference;

import gsdm.graph.subgraph.SubgraphSampler;

import java.util.Optional;

/** What a step is of. */
public enum SubgraphKind {
    /** The whole graph. */
    NONE(null),
    /** One plate whole, some indices of the others. */
    PLATE(SubgraphSampler.Kind.PLATE),
    /** What lies nearest to a node. */
    KHOP(SubgraphSampler.Kind.KHOP),
    /** Any nodes, every set of them equally likely. */
    NODE(SubgraphSampler.Kind.NODE);

    private final SubgraphSampler.Kind sampler;

    SubgraphKind(SubgraphSampler.Kind sampler) {
        this.sampler = sampler;
    }

    /** How nodes are chosen; empty for the whole graph. */
    Optional<SubgraphSampler.Kind> sampler() {
        return Optional.ofNullable(sampler);
    }
}
