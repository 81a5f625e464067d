package gsdm.graph.problem;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;

/**
 * A figure and how well it is known.
 *
 * @param value over some problems
 * @param error its standard error: how far it varies from one set of as many problems to another;
 *     NaN where there is one problem
 */
public record Score(double value, double error) {
    private static final String ERROR_SUFFIX = "_sem";

    /** Scores as numbers: after each figure its standard error, as {@code NAME_sem}. */
    public static SequencedMap<String, Double> numbers(SequencedMap<String, Score> scores) {
        SequencedMap<String, Double> numbers = new LinkedHashMap<>();
        scores.forEach((name, score) -> {
            numbers.put(name, score.value);
            numbers.put(name + ERROR_SUFFIX, score.error);
        });
        return numbers;
    }

    /** Whether a name of {@link #numbers} is that of a standard error. */
    public static boolean isError(String name) {
        return name.endsWith(ERROR_SUFFIX);
    }

    /** As people read it: {@code 0.0743 ± 0.0012}. */
    @Override
    public String toString() {
        String text = String.format(Locale.ROOT, "%.4f", value);
        return Double.isNaN(error) ? text : text + String.format(Locale.ROOT, " ± %.4f", error);
    }
}
