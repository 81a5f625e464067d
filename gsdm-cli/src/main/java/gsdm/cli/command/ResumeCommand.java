package gsdm.cli.command;

import gsdm.cli.run.RunFolder;
import gsdm.cli.session.RunConfiguration;
import gsdm.graph.problem.ProblemInstance;
import gsdm.tensor.backend.Backend;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Goes on with a run. */
@Command(
        name = "resume",
        header = "Go on with a run that was stopped.",
        description = {
            "Go on with a run that was stopped, from its latest checkpoint. The result is the one"
                    + " that",
            "the run would have had, bit for bit, with any number of threads."
        },
        footer = {
            "",
            "Examples:",
            "  gsdm resume runs/first",
            "  gsdm resume runs/first --threads 1"
        })
final class ResumeCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
    private Path run;

    @Mixin private Device device = new Device();
    @Mixin private Output output;

    ResumeCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        RunFolder folder = RunFolder.open(run);
        try (RunFolder.Lock _ = folder.lock()) {
            RunConfiguration configuration = RunConfiguration.read(folder.config());
            ProblemInstance instance = configuration.instance();
            try (Backend backend = device.open(output)) {
                SessionRunner.requireMemory(backend, configuration, instance);
                return new SessionRunner(folder, configuration, instance, backend, device, output)
                        .run();
            }
        }
    }
}
