package gsdm.graph.inference;

import gsdm.graph.model.GraphicalModel;
import gsdm.graph.subgraph.PlateSubgraph;
import gsdm.graph.subgraph.Subgraph;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;
import gsdm.tensor.backend.Backend;

/** Parts of plates are models of their own: what is dropped has no node. */
record PlateParts(Backend backend, RunHeader header) implements SubgraphMaker {
    @Override
    public LayoutBudget room(Subgraph subgraph) {
        return PartSizes.of(model(subgraph), header.settings().model().readsDefinitions());
    }

    @Override
    public StepData make(Subgraph subgraph) {
        GraphicalModel model = model(subgraph);
        VariableLayout layout = Layouts.of(model, header.settings().model(), header.scales());
        return new StepData(layout, ModelBatches.of(backend, model, layout, header));
    }

    private static GraphicalModel model(Subgraph subgraph) {
        return ((PlateSubgraph) subgraph).part();
    }
}
