package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;
import gsdm.cli.io.AtomicFiles;
import gsdm.cli.run.RunFolder;
import gsdm.cli.session.MemoryCheck;
import gsdm.cli.session.RunConfiguration;
import gsdm.cli.session.TrainingLength;
import gsdm.graph.inference.TrainingSize;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
            "  gsdm train matrix-factorization --set problem.rows=200 --set problem.cols=200"
                    + " --dry-run",
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

    @Option(
            names = "--dry-run",
            description =
                    "Train nothing: print how large the graph, the network and the memory are.")
    private boolean dryRun;

    @Mixin private Configurable configurable = new Configurable();
    @Mixin private Device device = new Device();
    @Mixin private Output output;

    TrainCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        long started = System.nanoTime();
        RunConfiguration asked = configurable.resolve(problem).with(settings());
        ProblemInstance instance = asked.instance();
        try (Backend backend = device.open(output)) {
            TrainingSize size = SessionRunner.size(backend, asked, instance);
            boolean evaluated = asked.command().evaluates();
            long available = MemoryCheck.available(backend);
            MemoryCheck.Fit fit = MemoryCheck.fit(size, evaluated, available);
            if (size.outside() > 0) {
                output.note(
                        "%d of %d subgraphs have more nodes than training.budget, or fewer than half"
                                .formatted(size.outside(), size.subgraphs()));
            }
            if (dryRun) {
                show(size, fit, available, asked);
                return ExitCode.OK.code();
            }
            RunConfiguration configuration = asked;
            if (fit == MemoryCheck.Fit.RECOMPUTED) {
                output.note(
                        "training.recompute=true: there is memory only if activations are computed"
                                + " again for their gradients");
                configuration = asked.with(List.of("training.recompute=true"));
                size = size.recomputing();
            }
            SessionRunner.requireTrainable(backend, configuration, instance, size);
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

    private void show(
            TrainingSize size,
            MemoryCheck.Fit fit,
            long available,
            RunConfiguration configuration) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("problem", configuration.problem().name());
        data.put("nodes", size.room().nodes());
        data.put("edges", size.room().edges());
        data.put("parameters", size.parameters());
        Map<String, Object> shown = new LinkedHashMap<>(data);
        Map<String, Long> bytes = new LinkedHashMap<>();
        bytes.put("bytes_parameters", size.memory().parameters());
        bytes.put("bytes_inputs", size.memory().inputs());
        bytes.put("bytes_activations", size.memory().activations());
        bytes.put("bytes", size.memory().total());
        bytes.put("bytes_recomputed", size.recomputed().total());
        if (configuration.command().evaluates()) {
            bytes.put("bytes_evaluating", size.sampling().total());
        }
        bytes.put("bytes_available", available);
        data.putAll(bytes);
        data.put("fits", fit.name().toLowerCase(Locale.ROOT));
        bytes.forEach((name, count) ->
                shown.put(
                        name.replace("bytes", "memory").replace('_', ' '),
                        MemoryCheck.bytes(count)));
        shown.put(
                "fits",
                switch (fit) {
                    case YES -> "yes";
                    case RECOMPUTED -> "with training.recompute=true, which train then sets";
                    case NO -> "no";
                });
        output.result(data, Output.aligned(shown));
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
