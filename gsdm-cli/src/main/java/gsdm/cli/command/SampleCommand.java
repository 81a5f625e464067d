package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.cli.io.CsvHeader;
import gsdm.cli.io.ObservationFile;
import gsdm.cli.io.SampleFiles;
import gsdm.cli.progress.Progress;
import gsdm.cli.session.MemoryCheck;
import gsdm.cli.session.RunConfiguration;
import gsdm.graph.inference.Observations;
import gsdm.graph.inference.Posterior;
import gsdm.graph.inference.Samples;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ModelException;
import gsdm.graph.model.Variable;
import gsdm.graph.problem.Names;
import gsdm.graph.problem.ProblemInstance;
import gsdm.tensor.backend.Backend;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Samples from the posterior of a trained model. */
@Command(
        name = "sample",
        header = "Draw posterior samples from a trained model.",
        description = {
            "Draw posterior samples: what the arrays that were not observed may be, given those"
                    + " that",
            "were. Uses the moving average (EMA) of the weights; --raw the others."
        },
        footer = {
            "",
            "Examples:",
            "  gsdm sample runs/first --observe E=matrices.csv",
            "  gsdm sample runs/first --observe E=matrices.npy --samples 10 --seed 7 --out out",
            "  gsdm sample runs/first --observe E=holes.csv --observe A=known.csv --format csv",
            "",
            "A CSV file holds an observation a line, or one after the other in lines as long as"
                    + " the",
            "array's last axis, separated by commas, semicolons or tabs. An empty cell is not"
                    + " observed;",
            "in a file of one column write it as \"\" on the first or last line, where blank lines"
                    + " are",
            "dropped. A first line is taken for names (--header auto) if every cell begins with a"
                    + " letter,",
            "_ or #, and not for the words of missing numbers, as nan; or if it counts 0,1,2,... or"
                    + " 1,2,3,...",
            "and the number of lines fits without it only; or if it counts 0,1,2,... over three"
                    + " columns or",
            "more. An NPY file has the array's shape, or that with an axis of observations before"
                    + " it.",
            "",
            "Written for every array not observed whole: NPY of shape [observations, samples, the"
                    + " array's",
            "shape], or CSV with a sample a line; and summary.json."
        })
final class SampleCommand implements Callable<Integer> {

    @Mixin private Trained trained = new Trained();

    @Option(
            names = "--observe",
            paramLabel = "ARRAY=FILE",
            description = "What is observed of an array, from a .csv or .npy file; repeatable.")
    private List<String> observe = List.of();

    @Option(
            names = "--header",
            paramLabel = "yes|no|auto",
            defaultValue = "auto",
            description =
                    "Whether CSV files begin with a line of names (default: ${DEFAULT-VALUE}).")
    private CsvHeader header = CsvHeader.AUTO;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "1",
            description = "Samples of each observation (default: ${DEFAULT-VALUE}).")
    private int samples = 1;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "The same seed gives the same samples (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to write; samples/ in the run's folder by default.")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = "--format",
            paramLabel = "npy|csv",
            defaultValue = "npy",
            description = "The files written (default: ${DEFAULT-VALUE}).")
    private SampleFiles.Format format = SampleFiles.Format.NPY;

    @Mixin private Device device = new Device();
    @Mixin private Output output;

    SampleCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        if (samples < 1) {
            throw CommandException.usage("--samples: expected 1 or more, found " + samples);
        }
        Map<String, Path> files = files();
        RunConfiguration configuration = trained.configuration();
        ProblemInstance instance = configuration.instance();
        Map<String, ObservationFile> given = read(instance.model(), files);
        int count = given.values().stream().mapToInt(ObservationFile::count).max().orElse(1);
        MemoryCheck.requireForDraws("--samples", (long) count * samples, instance.model());
        Observations observations = join(instance.model(), count, given, files);
        Path folder = out.orElseGet(() -> trained.folder().path().resolve("samples"));
        try (Backend backend = device.open(output);
                Posterior posterior = trained.load(backend, instance, configuration, output)) {
            posterior.warnings(observations).forEach(output::warn);
            SampleFiles.prepare(folder);
            int total = count * samples;
            Samples drawn;
            try (Progress progress =
                    output.progress(new Progress.Task("sampling", "sample", 0, total, ""))) {
                drawn =
                        posterior.sample(
                                observations,
                                samples,
                                seed,
                                done -> progress.update(done, Double.NaN));
            }
            write(folder, drawn, given);
        }
        return 0;
    }

    /** The file of each array given. */
    private Map<String, Path> files() {
        Map<String, Path> files = new LinkedHashMap<>();
        for (String each : observe) {
            int sign = each.indexOf('=');
            if (sign <= 0 || sign == each.length() - 1) {
                throw CommandException.usage(
                        "--observe: expected ARRAY=FILE, found \"" + each + "\"");
            }
            String array = each.substring(0, sign);
            if (files.put(array, Path.of(each.substring(sign + 1))) != null) {
                throw CommandException.usage("--observe: " + array + " is given twice");
            }
        }
        return files;
    }

    private Map<String, ObservationFile> read(GraphicalModel model, Map<String, Path> files)
            throws IOException {
        Map<String, ObservationFile> given = new LinkedHashMap<>();
        for (Map.Entry<String, Path> entry : files.entrySet()) {
            String array = entry.getKey();
            List<String> names = model.variables().stream().map(Variable::name).toList();
            if (!names.contains(array)) {
                throw CommandException.badInput(
                        "--observe %s: the problem has no such array: did you mean %s? There are %s"
                                .formatted(
                                        array,
                                        Names.nearest(array, names).orElse("?"),
                                        String.join(", ", names)));
            }
            given.put(
                    array,
                    ObservationFile.read(
                            entry.getValue(), array, header, output::note, model.shape(array)));
        }
        return given;
    }

    private static Observations join(
            GraphicalModel model,
            int count,
            Map<String, ObservationFile> given,
            Map<String, Path> files) {
        Observations joined = Observations.none(model, count);
        for (Map.Entry<String, ObservationFile> entry : given.entrySet()) {
            ObservationFile one = entry.getValue();
            if (one.count() != count) {
                throw CommandException.badInput(
                        "%s: expected %d observations as in the other files, found %d"
                                .formatted(files.get(entry.getKey()), count, one.count()));
            }
            try {
                joined = joined.and(entry.getKey(), one.values());
            } catch (ModelException e) {
                throw e;
            } catch (IllegalArgumentException e) {
                throw CommandException.badInput(
                        files.get(entry.getKey()) + ": " + e.getMessage(), e);
            }
        }
        return joined;
    }

    private void write(Path folder, Samples drawn, Map<String, ObservationFile> given)
            throws IOException {
        Table table = new Table("array", "file", "mean", "std");
        List<Object> arrays = new ArrayList<>();
        for (Variable variable : drawn.model().variables()) {
            String name = variable.name();
            ObservationFile observed = given.get(name);
            if (observed != null && observed.complete()) {
                continue;
            }
            float[] values = drawn.array(name);
            Path file =
                    SampleFiles.write(
                            folder,
                            name,
                            format,
                            drawn.cases(),
                            drawn.perCase(),
                            drawn.model().shape(name),
                            values);
            SampleFiles.Moments moments = SampleFiles.Moments.of(values);
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("array", name);
            entry.put("file", file.toString());
            entry.put("shape", drawn.model().shape(name));
            entry.put("mean", moments.mean());
            entry.put("std", moments.std());
            arrays.add(entry);
            table.row(name, file, figure(moments.mean()), figure(moments.std()));
        }
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("observations", drawn.cases());
        summary.put("samples", drawn.perCase());
        summary.put("seed", seed);
        summary.put("arrays", arrays);
        SampleFiles.writeSummary(folder, summary);
        output.result(summary, table.lines());
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
