package gsdm.graph.inference;

import gsdm.nn.layout.LayoutBudget;

/** Every step is of the whole graph. */
record WholeGraph(StepData data) implements StepSource {
    @Override
    public LayoutBudget room() {
        return LayoutBudget.of(data.layout());
    }

    @Override
    public StepData at(long step) {
        return data;
    }

    @Override
    public void close() {}
}
