package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;
import gsdm.cli.progress.StopRequest;
import gsdm.cli.run.Environment;
import gsdm.cli.run.RunFolder;
import gsdm.cli.run.Version;
import gsdm.cli.scaling.ScalingFolder;
import gsdm.cli.scaling.ScalingReport;
import gsdm.cli.session.MemoryCheck;
import gsdm.cli.session.TrainingLength;
import gsdm.graph.inference.ModelSettings;
import gsdm.tensor.backend.Backend;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Measures how seconds and bytes of a step grow with the graph. */
@Command(
        name = "scaling",
        header = "Measure how seconds and bytes of a step grow with the graph.",
        description = {
            "Time a training step, and take its memory, at sizes that double from 1,000 nodes on,"
                    + " with sparse,",
            "padded and dense attention, until it does not fit or takes too long; then find the"
                    + " largest square",
            "that fits (Scaling Graphically Structured Diffusion Models). Matrix factorisation of"
                    + " rank 10, the default network, batch 1."
        },
        footer = {
            "",
            "Examples:",
            "  gsdm reproduce scaling",
            "  gsdm reproduce scaling --memory 24G --longest 5m"
        })
final class ReproduceScalingCommand implements Callable<Integer> {

    private static final List<String> MECHANISMS = List.of("sparse", "padded", "dense");

    /** A mask has at most 2^31 entries, of which a node has about six and a half. */
    private static final int LARGEST_SIDE = 5_000;

    private static final double MINUTE = 60;
    private static final Pattern MEMORY = Pattern.compile("(\\d{1,6})([MGT])");

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "What counts as fitting, as 24G; by default what is available.")
    private Optional<String> memory = Optional.empty();

    @Option(
            names = "--longest",
            paramLabel = "TIME",
            defaultValue = "1m",
            description = "The longest step that is taken (default: ${DEFAULT-VALUE}).")
    private String longest = "1m";

    @Option(
            names = "--largest",
            paramLabel = "N",
            defaultValue = "" + LARGEST_SIDE,
            description = "Rows of the largest matrix that is tried (default: ${DEFAULT-VALUE}).")
    private int largest = LARGEST_SIDE;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The folder of the results; runs/scaling by default.")
    private Path out = Path.of("runs", "scaling");

    @Mixin private Device device = new Device();
    @Mixin private Output output;

    ReproduceScalingCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        double seconds = MINUTE * limit(longest).minutes();
        long bytes = memory.map(ReproduceScalingCommand::bytes).orElseGet(MemoryCheck::available);
        if (largest < ScalingRunner.FIRST_SIDE) {
            throw CommandException.usage(
                    "--largest: expected %d or more, found %d"
                            .formatted(ScalingRunner.FIRST_SIDE, largest));
        }
        Files.createDirectories(out);
        try (RunFolder.Lock _ = new RunFolder(out).lock();
                Backend backend = device.open(output);
                StopRequest stop = StopRequest.listen()) {
            ScalingFolder folder = new ScalingFolder(out, conditions(backend));
            ScalingReport report = new ScalingReport(folder, MECHANISMS);
            new ScalingRunner(
                            MECHANISMS,
                            backend,
                            folder,
                            bytes,
                            seconds,
                            largest,
                            output,
                            stop,
                            new HashSet<>())
                    .run();
            report.write(output);
            if (stop.requested()) {
                output.warn("stopped; the same command goes on");
                return ExitCode.INTERRUPTED.code();
            }
            List<String> lines =
                    new ArrayList<>(Table.lines(ScalingReport.header(), report.cells()));
            lines.addAll(report.notes());
            output.note("page " + folder.page());
            output.result(folder.data(), lines);
            return ExitCode.OK.code();
        }
    }

    private static TrainingLength limit(String text) {
        try {
            return TrainingLength.ofTime(text);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("--longest: " + e.getMessage());
        }
    }

    private static long bytes(String text) {
        Matcher matcher = MEMORY.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw CommandException.usage("--memory: expected a size as 24G, found " + text);
        }
        int shift =
                switch (matcher.group(2)) {
                    case "M" -> 20;
                    case "G" -> 30;
                    default -> 40;
                };
        return Long.parseLong(matcher.group(1)) << shift;
    }

    private Map<String, String> conditions(Backend backend) {
        Map<String, String> conditions = new LinkedHashMap<>();
        conditions.put("gsdm", Version.number());
        conditions.put("device", device.line(backend));
        conditions.put("cpu", Environment.cpu());
        ModelSettings model =
                ScalingRunner.configuration(MECHANISMS.getFirst(), ScalingRunner.FIRST_SIDE)
                        .settings()
                        .model();
        conditions.put(
                "network",
                "%d channels, %d layers, %d heads, %s norm"
                        .formatted(
                                model.channels(),
                                model.layers(),
                                model.heads(),
                                model.norm().toString().toLowerCase(Locale.ROOT)));
        return conditions;
    }
}
