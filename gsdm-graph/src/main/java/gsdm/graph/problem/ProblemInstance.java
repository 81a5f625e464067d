package gsdm.graph.problem;

import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;

/**
 * A problem with its sizes chosen.
 *
 * @param model what training draws from
 * @param fresh the same nodes and edges, with outside data that training never sees, for evaluation
 * @param conditioning what training observes
 * @param metric of values in node order
 */
public record ProblemInstance(
        GraphicalModel model, GraphicalModel fresh, Conditioning conditioning, Metric metric) {
    public ProblemInstance {
        String differences = fresh.identity().differences(model.identity());
        if (!differences.isEmpty()) {
            throw new ProblemException(
                    "the model that training draws from and the fresh one must differ in outside"
                            + " data only: "
                            + differences);
        }
        conditioning.sampler(model);
        if (conditioning.leavesNothing(model, false)) {
            throw new ProblemException(
                    "problem.observed: '%s' leaves nothing to infer: leave out an array"
                            .formatted(conditioning));
        }
    }
}
