package gsdm.graph.problem;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * How well posterior samples answer a problem. Each problem gives some terms, and each figure is a
 * function of the means of the terms over problems: a mean itself, or a root or a ratio of means,
 * so that its standard error follows as well ({@link Scoring}). A pure function.
 */
public interface Metric {

    /** No figures. */
    Metric NONE =
            new Metric() {
                @Override
                public SequencedMap<String, Figure> figures() {
                    return new LinkedHashMap<>();
                }

                @Override
                public double[] terms(float[] truth, float[] estimate, float[] prior) {
                    return new double[0];
                }
            };

    /** The figures by name. */
    SequencedMap<String, Figure> figures();

    /**
     * What one problem adds to the means.
     *
     * @param truth the values it was made from, {@code [N]} in node order
     * @param estimate a posterior sample given what was observed of them, {@code [N]}
     * @param prior a draw that knows nothing of it, to compare with, {@code [N]}
     * @return as many numbers for every problem
     */
    double[] terms(float[] truth, float[] estimate, float[] prior);

    /** A smooth function of means. */
    @FunctionalInterface
    interface Figure {
        /**
         * The figure.
         *
         * @param means of each term over the problems
         */
        double of(double[] means);
    }
}
