package gsdm.graph.problem;

import java.util.List;
import java.util.SequencedMap;

/** How well posterior samples answer a problem. A pure function. */
@FunctionalInterface
public interface Metric {

    /**
     * Scores one posterior sample for each of some problems.
     *
     * @param truth for each problem the values it was made from, {@code [N]} in node order
     * @param estimate for each problem a sample given what was observed, {@code [N]}
     * @param key of any random numbers the score needs (a prior draw to compare with)
     * @return each figure by its name
     */
    SequencedMap<String, Double> score(List<float[]> truth, List<float[]> estimate, long key);
}
