package gsdm.graph.inference;

import gsdm.graph.subgraph.Subgraph;
import gsdm.nn.layout.LayoutBudget;

/** Makes of subgraphs what steps are of; for one thread at a time. */
interface SubgraphMaker {
    /** Room for a subgraph's layout. */
    LayoutBudget room(Subgraph subgraph);

    StepData make(Subgraph subgraph);
}
