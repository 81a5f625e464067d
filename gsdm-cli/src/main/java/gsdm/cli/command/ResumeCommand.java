package gsdm.cli.command;

import gsdm.cli.run.RunFolder;
import gsdm.cli.session.Prolongation;
import gsdm.cli.session.RunConfiguration;
import gsdm.graph.problem.ProblemInstance;
import gsdm.tensor.backend.Backend;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Goes on with a run. */
@Command(
        name = "resume",
        header = "Go on with a run that was stopped, or make it longer.",
        description = {
            "Go on with a run that was stopped, from its latest checkpoint. The result is the one"
                    + " that",
            "the run would have had, bit for bit, with any number of threads.",
            "With --time or --steps the run is made longer: it goes on from before its learning"
                    + " rate fell, and what it had ended with stays beside its checkpoints."
        },
        footer = {
            "",
            "Examples:",
            "  gsdm resume runs/first",
            "  gsdm resume runs/first --threads 1",
            "  gsdm resume runs/first --time 10m"
        })
final class ResumeCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
    private Path run;

    @ArgGroup private Length length = new Length();

    /** How much longer to train. */
    static final class Length {
        @Option(
                names = "--time",
                paramLabel = "TIME",
                description = "Make the run longer by TIME, as 90s, 5m or 1h30m.")
        private Optional<String> time = Optional.empty();

        @Option(
                names = "--steps",
                paramLabel = "N",
                description = "Make the run longer, to N steps in all.")
        private Optional<Long> steps = Optional.empty();
    }

    @Mixin private Device device = new Device();
    @Mixin private Output output;

    ResumeCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        long started = System.nanoTime();
        RunFolder folder = RunFolder.open(run);
        try (RunFolder.Lock _ = folder.lock()) {
            RunConfiguration configuration = configuration(folder);
            ProblemInstance instance = configuration.instance();
            try (Backend backend = device.open(output)) {
                SessionRunner.requireTrainable(backend, configuration, instance);
                return new SessionRunner(
                                folder, configuration, instance, backend, device, output, started)
                        .run();
            }
        }
    }

    private RunConfiguration configuration(RunFolder folder) throws IOException {
        RunConfiguration configuration = RunConfiguration.read(folder.config());
        Prolongation longer = new Prolongation(folder, configuration);
        if (length.time.isPresent()) {
            return longer.byMinutes(TrainCommand.length(length.time.get()).minutes());
        }
        return length.steps.isPresent() ? longer.toSteps(length.steps.get()) : configuration;
    }
}
