package gsdm.graph.inference;

import gsdm.graph.subgraph.Subgraph;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;

import java.lang.foreign.Arena;

/**
 * Parts of any nodes are picked from the whole: any of them may be a function of any that is left
 * out, so all are drawn.
 */
record NodeParts(VariableLayout whole, ModelBatches examples) implements SubgraphMaker {
    @Override
    public LayoutBudget room(Subgraph subgraph) {
        try (Arena arena = Arena.ofConfined()) {
            return LayoutBudget.of(whole.part(arena, subgraph.nodes()));
        }
    }

    @Override
    public StepData make(Subgraph subgraph) {
        VariableLayout layout = whole.part(Arena.ofAuto(), subgraph.nodes());
        return new StepData(layout, new PickedBatches(examples, subgraph.nodes(), layout));
    }
}
