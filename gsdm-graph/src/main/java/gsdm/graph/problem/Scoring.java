package gsdm.graph.problem;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Gathers a metric over problems. Standard errors are those of the jackknife (Tukey 1958; Efron and
 * Stein 1981): with n problems, and f_i the figure without problem i, √((n − 1)/n Σ_i (f_i − f̄)²).
 * For a mean that is the standard deviation over √n.
 */
public final class Scoring {
    private final Metric metric;
    private final List<double[]> terms = new ArrayList<>(); // of each problem

    public Scoring(Metric metric) {
        this.metric = metric;
    }

    /** Adds a problem; see {@link Metric#terms}. */
    public void add(float[] truth, float[] estimate, float[] prior) {
        add(metric.terms(truth, estimate, prior));
    }

    /** Adds a problem by the terms it gave before. */
    public void add(double... ofProblem) {
        terms.add(ofProblem);
    }

    /** What each problem so far gave, in their order. */
    public List<double[]> terms() {
        return List.copyOf(terms);
    }

    /** Each figure over the problems so far, of which there must be one. */
    public SequencedMap<String, Score> scores() {
        int problems = terms.size();
        double[] sums = new double[terms.getFirst().length];
        for (double[] each : terms) {
            for (int t = 0; t < sums.length; t++) {
                sums[t] += each[t];
            }
        }
        double[] means = new double[sums.length];
        for (int t = 0; t < sums.length; t++) {
            means[t] = sums[t] / problems;
        }
        List<Metric.Figure> figures = List.copyOf(metric.figures().values());
        double[][] without = new double[figures.size()][problems];
        double[] rest = new double[sums.length];
        for (int problem = 0; problem < problems; problem++) {
            for (int t = 0; t < sums.length; t++) {
                rest[t] = (sums[t] - terms.get(problem)[t]) / (problems - 1);
            }
            for (int figure = 0; figure < without.length; figure++) {
                without[figure][problem] = figures.get(figure).of(rest);
            }
        }
        SequencedMap<String, Score> scores = new LinkedHashMap<>();
        for (String name : metric.figures().keySet()) {
            int figure = scores.size();
            scores.put(name, new Score(figures.get(figure).of(means), error(without[figure])));
        }
        return scores;
    }

    private static double error(double[] without) {
        int problems = without.length;
        double mean = 0;
        for (double figure : without) {
            mean += figure / problems;
        }
        double squares = 0;
        for (double figure : without) {
            squares += (figure - mean) * (figure - mean);
        }
        return Math.sqrt(squares * (problems - 1) / problems);
    }
}
