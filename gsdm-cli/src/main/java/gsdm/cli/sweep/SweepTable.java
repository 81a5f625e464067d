package gsdm.cli.sweep;

import gsdm.graph.problem.Consistency;
import gsdm.graph.problem.Score;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The rows of an experiment and what came of their runs so far.
 *
 * @param sweep the experiment
 * @param results of the runs that have ended, in the order of the runs
 */
public record SweepTable(Sweep sweep, Map<Sweep.Run, RunResult> results) {

    private static final String METRIC = "%.4f";
    private static final String COUNT = "%.0f";
    private static final String SECONDS = "%.1f";

    /** The names of the columns. */
    public List<String> header() {
        List<String> header = new ArrayList<>(List.of("row"));
        header.addAll(shown());
        header.addAll(List.of("steps", "seconds", "seeds"));
        return header;
    }

    /** The cells of every row, as texts. */
    public List<List<String>> cells() {
        return sweep.rows().stream().map(this::cells).toList();
    }

    private List<String> cells(Sweep.Row row) {
        List<String> cells = new ArrayList<>(List.of(row.name()));
        shown().forEach(metric -> cells.add(metric(row, metric).text(METRIC)));
        cells.add(figure(row, RunResult::steps).text(COUNT));
        cells.add(figure(row, RunResult::seconds).text(SECONDS));
        cells.add(seeds(row));
        return cells;
    }

    /** How many runs the figures of a row are of, and what became of the others. */
    private String seeds(Sweep.Row row) {
        int finished = finished(row).size();
        long diverged = ended(row).stream().filter(RunResult::diverged).count();
        long waiting = sweep.seeds().size() - finished - diverged;
        return finished
                + (diverged > 0 ? ", %d diverged".formatted(diverged) : "")
                + (waiting > 0 ? ", %d to come".formatted(waiting) : "");
    }

    /**
     * The metrics of the problem and the consistency of its arrays; none before a run is finished.
     * Their standard errors are those of single runs, and say nothing of how seeds differ.
     */
    private Set<String> metrics() {
        return results.values().stream()
                .flatMap(result -> result.metrics().keySet().stream())
                .filter(name -> !Score.isError(name))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Those that columns have room for. */
    private List<String> shown() {
        return metrics().stream().filter(name -> !Consistency.isConsistency(name)).toList();
    }

    /** The first metric, which is the one that the problem is about. */
    Optional<String> firstMetric() {
        return metrics().stream().findFirst();
    }

    /** The row with the lowest mean of the first metric. */
    public Optional<Sweep.Row> lowest() {
        return firstMetric()
                .flatMap(metric ->
                        sweep.rows().stream()
                                .filter(row -> Double.isFinite(metric(row, metric).mean()))
                                .min((a, b) ->
                                        Double.compare(
                                                metric(a, metric).mean(),
                                                metric(b, metric).mean())));
    }

    /** What is said below the table. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        lowest().ifPresent(row ->
                notes.add("lowest " + firstMetric().orElseThrow() + ": " + row.name()));
        if (sweep.seeds().size() > 1) {
            notes.add("± is the standard deviation over seeds");
        }
        return notes;
    }

    /** As JSON has it. */
    public Map<String, Object> data() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Sweep.Row row : sweep.rows()) {
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("row", row.name());
            data.put("settings", sweep.differences(row));
            Map<String, Object> metrics = new LinkedHashMap<>();
            metrics().forEach(metric -> metrics.put(metric, metric(row, metric).data()));
            data.put("metrics", metrics);
            data.put("steps", figure(row, RunResult::steps).data());
            data.put("seconds", figure(row, RunResult::seconds).data());
            rows.add(data);
        }
        List<Map<String, Object>> runs = new ArrayList<>();
        results.forEach((run, result) -> {
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("row", run.row().name());
            data.put("seed", run.seed());
            data.put("run", run.folder());
            data.putAll(result.figures());
            runs.add(data);
        });
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("sweep", sweep.name());
        data.put("problem", sweep.rows().getFirst().configuration().problem().name());
        data.put("length", sweep.length().toString());
        data.put("seeds", sweep.seeds());
        data.put("rows", rows);
        data.put("runs", runs);
        data.put("machines", machines());
        return data;
    }

    /** The machines and software that the results come from: one, unless the folder has moved. */
    List<Map<String, String>> machines() {
        return results.values().stream().map(RunResult::machine).distinct().toList();
    }

    /** The seconds that a run took; empty before one is finished. */
    public OptionalDouble meanSeconds() {
        return results.values().stream()
                .filter(result -> !result.diverged())
                .mapToDouble(RunResult::seconds)
                .average();
    }

    private Statistic metric(Sweep.Row row, String name) {
        return figure(row, result -> result.metrics().getOrDefault(name, Double.NaN));
    }

    private Statistic figure(Sweep.Row row, ToDoubleFunction<RunResult> figure) {
        return Statistic.of(finished(row).stream().map(figure::applyAsDouble).toList());
    }

    private List<RunResult> finished(Sweep.Row row) {
        return ended(row).stream().filter(result -> !result.diverged()).toList();
    }

    private List<RunResult> ended(Sweep.Row row) {
        return results.entrySet().stream()
                .filter(result -> result.getKey().row().equals(row))
                .map(Map.Entry::getValue)
                .toList();
    }
}
