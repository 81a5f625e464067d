package gsdm.cli.command;

import gsdm.cli.bench.WarmUp;
import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;
import gsdm.cli.progress.StopRequest;
import gsdm.cli.run.Environment;
import gsdm.cli.run.RunFolder;
import gsdm.cli.run.Version;
import gsdm.cli.scaling.ScalingFolder;
import gsdm.cli.scaling.ScalingPoint;
import gsdm.cli.scaling.ScalingReport;
import gsdm.cli.session.MemoryCheck;
import gsdm.cli.session.RunConfiguration;
import gsdm.cli.session.TrainingLength;
import gsdm.graph.inference.ModelSettings;
import gsdm.graph.inference.Training;
import gsdm.graph.inference.TrainingSize;
import gsdm.graph.problem.ProblemInstance;
import gsdm.graph.problem.Problems;
import gsdm.tensor.backend.Backend;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
    private static final int RANK = 10;
    private static final int FIRST_SIDE = 9;

    /** A mask has at most 2^31 entries, of which a node has about six and a half. */
    private static final int LARGEST_SIDE = 5_000;

    private static final int STEPS = 5;
    private static final double WARMUP_SECONDS = 2;
    private static final double TIMED_SECONDS = 10;
    private static final double SECOND = 1e9;
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
        if (largest < FIRST_SIDE) {
            throw CommandException.usage(
                    "--largest: expected %d or more, found %d".formatted(FIRST_SIDE, largest));
        }
        Files.createDirectories(out);
        try (RunFolder.Lock _ = new RunFolder(out).lock();
                Backend backend = device.open(output);
                StopRequest stop = StopRequest.listen()) {
            ScalingFolder folder = new ScalingFolder(out, conditions(backend));
            ScalingReport report = new ScalingReport(folder, MECHANISMS);
            for (String mechanism : MECHANISMS) {
                measure(mechanism, backend, folder, bytes, seconds, stop);
            }
            findLargest(backend, folder, bytes, stop);
            report.write(output);
            if (stop.requested()) {
                output.warn("stopped; the same command goes on");
                return ExitCode.INTERRUPTED.code();
            }
            Table table = new Table(ScalingReport.header().toArray());
            report.cells().forEach(row -> table.row(row.toArray()));
            List<String> lines = new ArrayList<>(table.lines());
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
        ModelSettings model = configuration(MECHANISMS.getFirst(), FIRST_SIDE).settings().model();
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

    private static RunConfiguration configuration(String mechanism, int side) {
        return RunConfiguration.resolve(
                Problems.named("matrix-factorization"),
                Optional.empty(),
                "",
                Map.of(),
                List.of(
                        "problem.rows=" + side,
                        "problem.cols=" + side,
                        "problem.rank=" + RANK,
                        "model.attention=" + mechanism,
                        "training.batch=1",
                        "training.evaluate=0"));
    }

    /** The size of a square. */
    private static TrainingSize size(Backend backend, RunConfiguration configuration) {
        return SessionRunner.size(backend, configuration, configuration.instance());
    }

    private void measure(
            String mechanism,
            Backend backend,
            ScalingFolder folder,
            long memory,
            double longest,
            StopRequest stop)
            throws IOException {
        int side = FIRST_SIDE;
        for (int i = 1; side <= largest && !stop.requested(); i++) {
            if (!folder.measured(mechanism, side)) {
                ScalingPoint point = point(mechanism, side, backend, folder, memory, longest);
                folder.add(point);
                if (!point.isMeasured()) {
                    return;
                }
            }
            side = (int) Math.round(FIRST_SIDE * Math.pow(2, i / 2.0)); // twice the nodes
        }
    }

    private ScalingPoint point(
            String mechanism,
            int side,
            Backend backend,
            ScalingFolder folder,
            long memory,
            double longest) {
        RunConfiguration configuration = configuration(mechanism, side);
        ProblemInstance instance = configuration.instance();
        TrainingSize size = SessionRunner.size(backend, configuration, instance);
        long nodes = size.room().nodes();
        long edges = size.room().edges();
        long bytes = size.memory().total();
        if (bytes > memory) {
            return ScalingPoint.unmeasured(mechanism, side, nodes, edges, bytes, "does not fit");
        }
        List<ScalingPoint> before =
                folder.points(mechanism).stream()
                        .filter(other -> other.isMeasured() && other.side() < side)
                        .toList();
        if (before.size() > 1) {
            double last = before.getLast().seconds();
            if (last * last / before.get(before.size() - 2).seconds() > longest) {
                return ScalingPoint.unmeasured(
                        mechanism, side, nodes, edges, bytes, "takes too long");
            }
        }
        try (Training training =
                Training.start(
                        backend,
                        instance.model(),
                        instance.conditioning(),
                        configuration.settings(),
                        configuration.command().seed(),
                        configuration.command().steps())) {
            if (before.isEmpty()) {
                WarmUp.run(training::step, WARMUP_SECONDS);
            }
            double seconds = seconds(training);
            output.note(
                    String.format(
                            Locale.ROOT,
                            "%s, %d x %d: %d nodes, %.4g s a step",
                            mechanism,
                            side,
                            side,
                            nodes,
                            seconds));
            return ScalingPoint.measured(
                    mechanism, side, nodes, edges, training.bytesReserved(), seconds);
        }
    }

    /** The median of some steps after a first one, fewer where they are long. */
    private static double seconds(Training training) {
        training.step();
        double[] seconds = new double[STEPS];
        int taken = 0;
        long start = System.nanoTime();
        while (taken < STEPS
                && (taken == 0 || System.nanoTime() - start < TIMED_SECONDS * SECOND)) {
            long before = System.nanoTime();
            training.step();
            seconds[taken++] = (System.nanoTime() - before) / SECOND;
        }
        double[] all = Arrays.copyOf(seconds, taken);
        Arrays.sort(all);
        return all[(taken - 1) / 2];
    }

    /** The largest squares that fit, which takes no step. */
    private void findLargest(Backend backend, ScalingFolder folder, long memory, StopRequest stop)
            throws IOException {
        for (String mechanism : MECHANISMS) {
            find(mechanism, false, backend, folder, memory, stop);
        }
        find(MECHANISMS.getFirst(), true, backend, folder, memory, stop);
    }

    private void find(
            String mechanism,
            boolean recomputed,
            Backend backend,
            ScalingFolder folder,
            long memory,
            StopRequest stop)
            throws IOException {
        String how =
                "%s%s, in %s"
                        .formatted(
                                mechanism,
                                recomputed ? ", activations computed again" : "",
                                MemoryCheck.bytes(memory));
        if (folder.largest().containsKey(how)) {
            return;
        }
        int fits = 1;
        int beyond = 2;
        while (!stop.requested()
                && beyond <= largest
                && fits(mechanism, recomputed, beyond, backend, memory)) {
            fits = beyond;
            beyond *= 2;
        }
        beyond = Math.min(beyond, largest + 1);
        while (!stop.requested() && beyond - fits > 1) {
            int middle = (fits + beyond) / 2;
            if (fits(mechanism, recomputed, middle, backend, memory)) {
                fits = middle;
            } else {
                beyond = middle;
            }
        }
        if (!stop.requested()) {
            folder.addLargest(how, fits);
        }
    }

    private static boolean fits(
            String mechanism, boolean recomputed, int side, Backend backend, long memory) {
        TrainingSize size = size(backend, configuration(mechanism, side));
        return (recomputed ? size.recomputed() : size.memory()).total() <= memory;
    }
}
