package gsdm.graph.inference;

import gsdm.nn.layout.LayoutBudget;

/** What the steps of a run are of. For one thread at a time. */
sealed interface StepSource extends AutoCloseable permits WholeGraph, Subgraphs {
    /** Room for each of their layouts. */
    LayoutBudget room();

    /**
     * What a step is of.
     *
     * @throws java.util.concurrent.CancellationException if the thread is interrupted while it
     *     waits; its interrupt status is cleared
     */
    StepData at(long step);

    @Override
    void close();
}
