package gsdm.graph.inference;

import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.network.MemoryEstimate;

/**
 * How large a training will be, before it is.
 *
 * @param room for what a step is of: the whole graph, or the largest subgraphs
 * @param parameters how many numbers are trained
 * @param memory what will be taken
 * @param recomputed what will be taken if activations are computed again
 * @param sampling what a posterior of the whole graph takes beside that, while one thread samples
 * @param subgraphs how many subgraphs were drawn to know that; 0 without any
 * @param outside how many of them have more nodes than the budget, or fewer than half of it
 */
public record TrainingSize(
        LayoutBudget room,
        long parameters,
        MemoryEstimate memory,
        MemoryEstimate recomputed,
        MemoryEstimate sampling,
        int subgraphs,
        int outside) {
    /** The same training, of which activations are computed again. */
    public TrainingSize recomputing() {
        return new TrainingSize(
                room, parameters, recomputed, recomputed, sampling, subgraphs, outside);
    }
}
