package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.cli.session.TrainingLength;
import gsdm.cli.sweep.Instances;
import gsdm.cli.sweep.Sweep;
import gsdm.cli.sweep.SweepFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares what subgraphs teach of the whole graph. */
@Command(
        name = "figure2",
        header = "Compare plate, k-hop and node sampling by what they teach of the whole graph.",
        description = {
            "Train matrix factorisation on subgraphs of 5%% and of 10%% of the nodes, drawn by"
                    + " plates, by hops",
            "and node by node, three seeds each, and score the whole graph after every 1000 steps"
                    + " (Scaling",
            "Graphically Structured Diffusion Models, figure 2). The plot has the mean of the seeds"
                    + " within the",
            "least and the most of them.",
            "",
            "Sizes: paper is 100 x 100 of rank 10, small 40 x 40 of rank 4, or ROWSxCOLSxRANK."
        },
        footer = {
            "",
            "Examples:",
            "  gsdm reproduce figure2 --size small             # an hour and a half",
            "  gsdm reproduce figure2 --size 20x20x3 --time 20m",
            "  gsdm reproduce figure2 --dry-run"
        })
final class ReproduceFigure2Command implements Callable<Integer> {

    private static final Pattern SIZE =
            Pattern.compile("([1-9]\\d{0,5})x([1-9]\\d{0,5})x([1-9]\\d{0,5})");

    /** Nodes of a batch of the rows of 5%, about, where two subgraphs are no more. */
    private static final double BATCH_NODES = 4_096;

    private static final double SHARE = 0.05;
    private static final int LARGEST_BATCH = 32;

    /** Nodes of the problems that are scored each time, about, and how many they are at most. */
    private static final long SCORED_NODES = 40_000;

    private static final int MOST_SCORED = 16;
    private static final int RUNS = 18;
    private static final double MINUTE = 60;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "paper",
            description = "paper, small or ROWSxCOLSxRANK (default: ${DEFAULT-VALUE}).")
    private String size = "paper";

    @Option(
            names = "--time",
            paramLabel = "TIME",
            description = "Of all 18 runs together; 90m for small, else 18h, by default.")
    private Optional<String> time = Optional.empty();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The folder of the runs; runs/figure2-<size> by default.")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = "--dry-run",
            description = "Show rows, runs and the time they take; train nothing.")
    private boolean dryRun;

    @Mixin private Device device = new Device();
    @Mixin private Output output;

    ReproduceFigure2Command(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        String name = "figure2-" + size;
        Path folder = out.orElse(Path.of("runs", name));
        String length = time.orElse(size.equals("small") ? "90m" : "18h");
        String yaml = yaml(TrainCommand.length(length));
        Instances instances = new Instances();
        Sweep sweep = SweepFile.parse(name, yaml, instances);
        String again = "gsdm reproduce figure2 --size %s --time %s --out %s";
        SweepSession session =
                new SweepSession(
                        sweep,
                        yaml,
                        folder,
                        again.formatted(size, length, folder),
                        instances,
                        device,
                        output);
        return dryRun ? session.show() : session.run();
    }

    /**
     * The experiment as a file for {@code gsdm sweep}.
     *
     * @param length of all runs together
     */
    private String yaml(TrainingLength length) {
        long[] sizes = sizes();
        long nodes = sizes[0] * sizes[1] * (sizes[2] + 1) + (sizes[0] + sizes[1]) * sizes[2];
        int batch = Math.clamp((long) (BATCH_NODES / (SHARE * nodes)), 2, LARGEST_BATCH);
        String yaml =
                """
                # Scaling Graphically Structured Diffusion Models, figure 2: what subgraphs teach of the whole graph.
                problem: matrix-factorization
                seeds: [1, 2, 3]
                time: %.1fs
                settings:
                  problem: {rows: %d, cols: %d, rank: %d}
                  training: {batch: %d, evaluate: %d, evaluate-every: 1000}
                rows:
                  plate 5%%: {training.subgraph: plate, training.budget: 0.05}
                  k-hop 5%%: {training.subgraph: khop, training.budget: 0.05}
                  node 5%%: {training.subgraph: node, training.budget: 0.05}
                  plate 10%%: {training.subgraph: plate, training.budget: 0.1}
                  k-hop 10%%: {training.subgraph: khop, training.budget: 0.1}
                  node 10%%: {training.subgraph: node, training.budget: 0.1}
                """;
        return String.format(
                Locale.ROOT,
                yaml,
                MINUTE * length.minutes() / RUNS,
                sizes[0],
                sizes[1],
                sizes[2],
                Integer.highestOneBit(batch),
                Math.clamp(SCORED_NODES / nodes, 1, MOST_SCORED));
    }

    /** Rows, columns and rank. */
    private long[] sizes() {
        Matcher matcher =
                SIZE.matcher(
                        switch (size) {
                            case "paper" -> "100x100x10";
                            case "small" -> "40x40x4";
                            default -> size;
                        });
        if (!matcher.matches()) {
            throw CommandException.usage(
                    "--size: expected paper, small or ROWSxCOLSxRANK, as 40x40x4, found " + size);
        }
        long[] sizes = new long[3];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Long.parseLong(matcher.group(i + 1));
        }
        return sizes;
    }
}
