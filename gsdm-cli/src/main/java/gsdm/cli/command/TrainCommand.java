package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.cli.io.AtomicFiles;
import gsdm.cli.run.RunFolder;
import gsdm.cli.session.RunConfiguration;
import gsdm.cli.session.TrainingLength;
import gsdm.graph.problem.ProblemInstance;
import gsdm.tensor.backend.Backend;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Trains a model. */
@Command(
        name = "train",
        header = "Train a model for a problem.",
        description = {
            "Train a model for a problem, on examples drawn from the problem itself.",
            "Ctrl-C saves a checkpoint; 'gsdm resume' goes on from there as if nothing had"
                    + " happened."
        },
        footer = {
            "",
            "Examples:",
            "  gsdm train matrix-factorization --preset quick",
            "  gsdm train bnn --time 20m --run runs/bnn",
            "  gsdm train matrix-factorization --steps 500 --set problem.rows=12 --set"
                    + " model.channels=32",
            "  gsdm train --config runs/first/config.yaml --seed 2",
            "",
            "A run folder holds config.yaml, environment.json, metrics.jsonl, checkpoints/,"
                    + " plots/,",
            "report.html and tb/ (for TensorBoard)."
        })
final class TrainCommand implements Callable<Integer> {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PROBLEM",
            description = "As 'gsdm problems' lists them.")
    private Optional<String> problem = Optional.empty();

    @ArgGroup private Length length = new Length();

    /** How long to train. */
    static final class Length {
        @Option(names = "--steps", paramLabel = "N", description = "Train for N steps.")
        private Optional<Long> steps = Optional.empty();

        @Option(
                names = "--time",
                paramLabel = "TIME",
                description =
                        "Train for TIME, as 90s, 5m or 1h30m, evaluations included; when the"
                                + " learning rate falls is decided on the way.")
        private Optional<String> time = Optional.empty();
    }

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of every random number; the same seed gives the same run.")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "The run's folder; runs/<problem>-<utc>-<seed> by default.")
    private Optional<Path> run = Optional.empty();

    @Mixin private Configurable configurable = new Configurable();
    @Mixin private Device device = new Device();
    @Mixin private Output output;

    TrainCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        long started = System.nanoTime();
        RunConfiguration configuration = configurable.resolve(problem).with(settings());
        ProblemInstance instance = configuration.instance();
        try (Backend backend = device.open(output)) {
            SessionRunner.requireTrainable(backend, configuration, instance);
            RunFolder folder = folder(configuration);
            try (RunFolder.Lock _ = folder.lock()) {
                output.note("run folder " + folder.path());
                AtomicFiles.writeText(folder.config(), configuration.text());
                return new SessionRunner(
                                folder, configuration, instance, backend, device, output, started)
                        .run();
            }
        }
    }

    private RunFolder folder(RunConfiguration configuration) throws IOException {
        return run.isPresent()
                ? RunFolder.create(run.get())
                : RunFolder.create(
                        Path.of("runs"),
                        configuration.problem().name(),
                        Instant.now(),
                        configuration.command().seed());
    }

    private List<String> settings() {
        List<String> settings = new ArrayList<>();
        length.steps
                .map(TrainingLength::ofSteps)
                .map(TrainingLength::settings)
                .ifPresent(settings::addAll);
        length.time
                .map(TrainCommand::length)
                .map(TrainingLength::settings)
                .ifPresent(settings::addAll);
        seed.ifPresent(number -> settings.add("training.seed=" + number));
        return settings;
    }

    /** As the option says it. */
    static TrainingLength length(String time) {
        try {
            return TrainingLength.ofTime(time);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("--time: " + e.getMessage());
        }
    }
}
