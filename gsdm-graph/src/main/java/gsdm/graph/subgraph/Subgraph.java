package gsdm.graph.subgraph;

/** Some nodes of a model, and all edges among them. */
public sealed interface Subgraph permits PlateSubgraph, NodeSubgraph {
    /** The numbers of its nodes in the whole model, ascending. */
    int[] nodes();

    /** How many nodes it has. */
    int size();
}
