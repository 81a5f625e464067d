package gsdm.cli.command;

import gsdm.cli.error.ExitCode;
import gsdm.cli.progress.Progress;
import gsdm.cli.progress.StopRequest;
import gsdm.cli.run.RunFolder;
import gsdm.cli.sweep.Instances;
import gsdm.cli.sweep.Sweep;
import gsdm.cli.sweep.SweepFolder;
import gsdm.cli.sweep.SweepReport;
import gsdm.cli.sweep.SweepTable;
import gsdm.tensor.backend.Backend;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * An experiment in its folder: shown, or run from where it was to its table.
 *
 * @param sweep the experiment
 * @param yaml the text that it was read from
 * @param path of the folder
 * @param again the command that goes on with it
 * @param instances what has built its problems
 */
record SweepSession(
        Sweep sweep,
        String yaml,
        Path path,
        String again,
        Instances instances,
        Device device,
        Output output) {

    private static final double MINUTE = 60;

    /** Runs what has not been run yet, and says what the process exits with. */
    int run() throws IOException {
        SweepFolder folder = SweepFolder.open(path);
        try (RunFolder.Lock _ = folder.lock();
                Backend backend = device.open(output)) {
            return run(folder, backend);
        }
    }

    private int run(SweepFolder folder, Backend backend) throws IOException {
        SweepReport report = new SweepReport(folder, sweep, output);
        SweepRunner runner = new SweepRunner(folder, report, instances, backend, device, output);
        sweep.rows().forEach(runner::requireTrainable);
        folder.accept(sweep, yaml);
        output.note("folder " + folder.path());
        try (StopRequest stop = StopRequest.listen()) {
            Optional<String> stopped = runner.run(sweep.runs(), stop);
            if (stopped.isPresent()) {
                output.warn(stopped.get() + "; go on with: " + again);
                return ExitCode.INTERRUPTED.code();
            }
        }
        SweepTable table = report.write();
        output.note("table " + folder.table());
        List<String> lines = new ArrayList<>(Table.lines(table.header(), table.cells()));
        lines.addAll(table.notes());
        output.result(table.data(), lines);
        return ExitCode.OK.code();
    }

    /** Shows what would be run, and says what the process exits with. */
    int show() throws IOException {
        SweepTable soFar = new SweepReport(new SweepFolder(path), sweep, output).read();
        int runs = sweep.runs().size();
        int left = runs - soFar.results().size();
        OptionalDouble each = seconds(soFar);
        Table table = new Table("row", "settings; of rows below the first, what is not as there");
        List<Map<String, Object>> rows = new ArrayList<>();
        Map<String, Object> first = sweep.differences(sweep.rows().getFirst());
        for (Sweep.Row row : sweep.rows()) {
            Map<String, Object> settings = sweep.differences(row);
            table.row(
                    row.name(), words(settings, row == sweep.rows().getFirst() ? Map.of() : first));
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("row", row.name());
            data.put("settings", settings);
            rows.add(data);
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("rows", rows);
        data.put("seeds", sweep.seeds());
        data.put("length", sweep.length().toString());
        data.put("runs", runs);
        data.put("runs_left", left);
        data.put("seconds_left", left * each.orElse(Double.NaN));
        List<String> lines = new ArrayList<>(table.lines());
        lines.add(
                "%d runs of %s, %d to come; %s"
                        .formatted(
                                runs,
                                sweep.length(),
                                left,
                                each.isPresent()
                                        ? Progress.duration(left * each.getAsDouble())
                                                + " of training"
                                        : "how long they take is known after the first"));
        output.result(data, lines);
        return ExitCode.OK.code();
    }

    /**
     * Settings as they are given on the command line, without those that are as in the first row.
     */
    private static String words(Map<String, Object> settings, Map<String, Object> first) {
        return settings.entrySet().stream()
                .filter(setting -> !setting.getValue().equals(first.get(setting.getKey())))
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(" "));
    }

    /** The seconds that a run takes: as the file says, else as those before have taken. */
    private OptionalDouble seconds(SweepTable soFar) {
        double minutes = sweep.length().minutes();
        return minutes > 0 ? OptionalDouble.of(MINUTE * minutes) : soFar.meanSeconds();
    }
}
