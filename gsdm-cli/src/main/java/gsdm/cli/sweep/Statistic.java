package gsdm.cli.sweep;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A figure over the seeds of a row.
 *
 * @param mean NaN of none
 * @param deviation the sample's, with n - 1; NaN of fewer than two
 */
record Statistic(double mean, double deviation) {

    /** Of the figures of some runs. */
    static Statistic of(List<Double> figures) {
        int count = figures.size();
        double mean = figures.stream().mapToDouble(figure -> figure).sum() / count;
        double squares =
                figures.stream().mapToDouble(figure -> (figure - mean) * (figure - mean)).sum();
        return new Statistic(mean, count < 2 ? Double.NaN : Math.sqrt(squares / (count - 1)));
    }

    /** As {@code 0.1234 ± 0.0021}, or the mean alone where all are the same, or a dash of none. */
    String text(String format) {
        if (Double.isNaN(mean) && Double.isNaN(deviation)) {
            return "-";
        }
        String middle = String.format(Locale.ROOT, format, mean);
        return Double.isNaN(deviation) || deviation == 0
                ? middle
                : middle + " ± " + String.format(Locale.ROOT, format, deviation);
    }

    /** As JSON has it. */
    Map<String, Object> data() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("mean", mean);
        data.put("deviation", deviation);
        return data;
    }
}
