package gsdm.cli.sweep;

import gsdm.cli.plot.Curves;
import gsdm.cli.run.MetricsTable;
import gsdm.cli.run.RunFolder;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A curve for each row, the mean over its seeds within the least and the most of them: of the
 * problem's first metric if every run was scored while it trained, else of the loss, which says
 * little where rows weigh it otherwise. Over steps if all runs have as many, else over the seconds
 * that the steps took.
 *
 * @param title what the curves show
 * @param over what they are over
 * @param curves in the order of the rows
 */
record SweepCurves(String title, String over, List<Curves.Line> curves) {

    private static final String LOSS = "loss";
    private static final int POINTS = 100;

    /** The curves of the runs that are finished. */
    static SweepCurves of(SweepFolder folder, SweepTable table) throws IOException {
        boolean bySteps = table.sweep().length().minutes() == 0;
        String over = bySteps ? "step" : "seconds of training";
        Optional<String> metric = table.firstMetric();
        if (metric.isPresent()) {
            Optional<List<Curves.Line>> quality =
                    curves(folder, table, metric.get(), bySteps, true);
            if (quality.isPresent()) {
                return new SweepCurves(metric.get(), over, quality.get());
            }
        }
        return new SweepCurves(
                "loss, as each row weighs it",
                over,
                curves(folder, table, LOSS, bySteps, false).orElse(List.of()));
    }

    /** The curves of a column; of scores none if a run has fewer than two of them. */
    private static Optional<List<Curves.Line>> curves(
            SweepFolder folder, SweepTable table, String column, boolean bySteps, boolean quality)
            throws IOException {
        Map<Sweep.Row, List<Curves.Curve>> byRow = new LinkedHashMap<>();
        for (Map.Entry<Sweep.Run, RunResult> result : table.results().entrySet()) {
            if (!result.getValue().diverged()) {
                RunFolder run = folder.run(result.getKey());
                Curves.Curve curve = curve(run, column, bySteps, quality);
                if (curve.steps().length < 2) {
                    if (quality) {
                        return Optional.empty();
                    }
                    continue;
                }
                byRow.computeIfAbsent(result.getKey().row(), _ -> new ArrayList<>()).add(curve);
            }
        }
        return Optional.of(
                table.sweep().rows().stream()
                        .filter(byRow::containsKey)
                        .map(row -> mean(row.name(), byRow.get(row)))
                        .toList());
    }

    private static Curves.Curve curve(
            RunFolder run, String column, boolean bySteps, boolean quality) throws IOException {
        MetricsTable log =
                MetricsTable.read(quality ? run.evaluations() : run.metrics(), column::equals);
        double[] values = log.columns().getOrDefault(column, new double[0]);
        if (bySteps || values.length == 0) {
            return new Curves.Curve(column, log.steps(), values).thinned();
        }
        double[] seconds =
                MetricsTable.read(run.metrics(), "seconds"::equals).columns().get("seconds");
        Arrays.parallelPrefix(seconds, Double::sum);
        double[] at = Arrays.stream(log.steps()).map(step -> seconds[(int) step - 1]).toArray();
        return new Curves.Curve(column, at, values).thinned();
    }

    /** The mean of curves where all of them are, each straight between its points. */
    private static Curves.Line mean(String name, List<Curves.Curve> curves) {
        double[] first = curves.getFirst().steps();
        boolean alike = curves.stream().allMatch(c -> Arrays.equals(c.steps(), first));
        double from = curves.stream().mapToDouble(c -> c.steps()[0]).max().orElseThrow();
        double to =
                curves.stream()
                        .mapToDouble(c -> c.steps()[c.steps().length - 1])
                        .min()
                        .orElseThrow();
        double[] at =
                alike
                        ? first
                        : IntStream.range(0, POINTS)
                                .mapToDouble(i -> from + (to - from) * i / (POINTS - 1))
                                .toArray();
        DoubleSummaryStatistics[] all =
                Arrays.stream(at)
                        .mapToObj(x ->
                                curves.stream().mapToDouble(c -> value(c, x)).summaryStatistics())
                        .toArray(DoubleSummaryStatistics[]::new);
        Curves.Curve mean =
                new Curves.Curve(name, at, each(all, DoubleSummaryStatistics::getAverage));
        if (curves.size() == 1) {
            return Curves.Line.of(mean);
        }
        return Curves.Line.within(
                mean,
                new Curves.Band(
                        each(all, DoubleSummaryStatistics::getMin),
                        each(all, DoubleSummaryStatistics::getMax)));
    }

    private static double[] each(
            DoubleSummaryStatistics[] all, ToDoubleFunction<DoubleSummaryStatistics> figure) {
        return Arrays.stream(all).mapToDouble(figure).toArray();
    }

    /** The value of a curve at a place that it covers. */
    private static double value(Curves.Curve curve, double x) {
        int found = Arrays.binarySearch(curve.steps(), x);
        if (found >= 0) {
            return curve.values()[found];
        }
        int right = Math.clamp(-found - 1, 1, curve.steps().length - 1);
        double left = curve.steps()[right - 1];
        double share = Math.clamp((x - left) / (curve.steps()[right] - left), 0, 1);
        return (1 - share) * curve.values()[right - 1] + share * curve.values()[right];
    }
}
