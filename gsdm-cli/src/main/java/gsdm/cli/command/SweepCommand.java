package gsdm.cli.command;

import gsdm.cli.sweep.Instances;
import gsdm.cli.sweep.Sweep;
import gsdm.cli.sweep.SweepFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

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

    SweepCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        Instances instances = new Instances();
        Sweep sweep = SweepFile.read(file, instances);
        Path folder = out.orElse(Path.of("runs", sweep.name()));
        SweepSession session =
                new SweepSession(
                        sweep,
                        Files.readString(file),
                        folder,
                        "gsdm sweep %s --out %s".formatted(file, folder),
                        instances,
                        device,
                        output);
        return dryRun ? session.show() : session.run();
    }
}
