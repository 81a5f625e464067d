package gsdm.cli.command;

import gsdm.cli.error.ExitCode;
import gsdm.cli.progress.Progress;
import gsdm.cli.progress.StopRequest;
import gsdm.cli.run.RunFolder;
import gsdm.cli.sweep.Instances;
import gsdm.cli.sweep.Sweep;
import gsdm.cli.sweep.SweepFile;
import gsdm.cli.sweep.SweepFolder;
import gsdm.cli.sweep.SweepReport;
import gsdm.cli.sweep.SweepTable;
import gsdm.tensor.backend.Backend;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** Runs an experiment. */
@Command(
        name = "sweep",
        header = "Train rows of settings with several seeds, and compare them.",
        description = {
            "Train rows of settings with several seeds, one run after the other, all for the same"
                    + " time or",
            "as many steps, and compare them in a table. A YAML file says what:",
            "",
            "  problem: matrix-factorization",
            "  preset: quick                               # of all rows; a row may have its own",
            "  settings: {model.channels: 32}              # of all rows",
            "  seeds: [1, 2]",
            "  time: 2m                                    # or steps: 1500",
            "  rows:                                       # by name, each with its settings",
            "    plain: {}",
            "    adam: {training.optimizer: adam, training.learning-rate: 1e-3}",
            "  grid:                                       # and every combination of these",
            "    training.learning-rate: [3e-3, 6e-3]",
            "",
            "All of it is checked before the first run. Ctrl-C saves; the same command goes on, and"
                    + " after",
            "the file has got more rows or seeds it runs what is new."
        },
        footer = {
            "",
            "Examples:",
            "  gsdm sweep docs/experiments/matrix-8x8.yaml --dry-run",
            "  gsdm sweep docs/experiments/matrix-8x8.yaml",
            "  gsdm sweep rates.yaml --out runs/rates --json",
            "",
            "The folder gets table.md, results.json, curves.png, and for each run a folder that"
                    + " 'gsdm eval',",
            "'sample' and 'resume' know."
        })
final class SweepCommand implements Callable<Integer> {

    private static final double MINUTE = 60;

    @Parameters(index = "0", paramLabel = "FILE.yaml", description = "What to run.")
    private Path file;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The folder of the runs; runs/<name of the file> by default.")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = "--dry-run",
            description = "Check the file and show rows, runs and expected time; train nothing.")
    private boolean dryRun;

    @Mixin private Device device = new Device();
    @Mixin private Output output;

    private final Instances instances = new Instances();

    SweepCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        Sweep sweep = SweepFile.read(file, instances);
        Path path = out.orElse(Path.of("runs", sweep.name()));
        if (dryRun) {
            show(sweep, new SweepReport(new SweepFolder(path), sweep, output).read());
            return ExitCode.OK.code();
        }
        SweepFolder folder = SweepFolder.open(path);
        try (RunFolder.Lock _ = folder.lock();
                Backend backend = device.open(output)) {
            return run(folder, sweep, backend);
        }
    }

    private int run(SweepFolder folder, Sweep sweep, Backend backend) throws IOException {
        SweepReport report = new SweepReport(folder, sweep, output);
        SweepRunner runner = new SweepRunner(folder, report, instances, backend, device, output);
        sweep.rows().forEach(runner::requireTrainable);
        folder.accept(sweep, file);
        output.note("folder " + folder.path());
        try (StopRequest stop = StopRequest.listen()) {
            Optional<String> stopped = runner.run(sweep.runs(), stop);
            if (stopped.isPresent()) {
                output.warn(
                        "%s; go on with: gsdm sweep %s --out %s"
                                .formatted(stopped.get(), file, folder.path()));
                return ExitCode.INTERRUPTED.code();
            }
        }
        SweepTable table = report.write();
        output.note("table " + folder.table());
        List<String> lines = new ArrayList<>(lines(table.header(), table.cells()));
        lines.addAll(table.notes());
        output.result(table.data(), lines);
        return ExitCode.OK.code();
    }

    /** Shows what would be run. */
    private void show(Sweep sweep, SweepTable soFar) {
        int runs = sweep.runs().size();
        int left = runs - soFar.results().size();
        OptionalDouble each = seconds(sweep, soFar);
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
    private static OptionalDouble seconds(Sweep sweep, SweepTable soFar) {
        double minutes = sweep.length().minutes();
        return minutes > 0 ? OptionalDouble.of(MINUTE * minutes) : soFar.meanSeconds();
    }

    private static List<String> lines(List<String> header, List<List<String>> cells) {
        Table table = new Table(header.toArray());
        cells.forEach(row -> table.row(row.toArray()));
        return table.lines();
    }
}
