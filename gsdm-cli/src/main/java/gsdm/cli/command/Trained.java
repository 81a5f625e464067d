package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.cli.run.RunFolder;
import gsdm.cli.session.RunConfiguration;
import gsdm.graph.inference.Posterior;
import gsdm.graph.problem.ProblemInstance;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.CheckpointException;
import gsdm.nn.checkpoint.CheckpointStore;
import gsdm.nn.network.WeightKind;
import gsdm.tensor.backend.Backend;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The options that choose a trained model, and its loading. */
final class Trained {

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
    private Path run;

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "Take this checkpoint of the run; the latest by default.")
    private Optional<Path> checkpoint = Optional.empty();

    @Option(
            names = "--raw",
            description = "Take the weights of the last step, not their moving average (EMA).")
    private boolean raw;

    @Option(
            names = "--set",
            paramLabel = "sampling.KEY=VALUE",
            description = "Change how samples are drawn, as --set sampling.steps=100.")
    private List<String> settings = List.of();

    /** The run's folder. */
    RunFolder folder() {
        return RunFolder.open(run);
    }

    /** The configuration of the run, with other sampling if that was asked for. */
    RunConfiguration configuration() throws IOException {
        for (String setting : settings) {
            if (!setting.startsWith("sampling.")) {
                throw CommandException.usage(
                        "--set: only keys of the section sampling can be changed after training,"
                                + " found \""
                                + setting
                                + "\"");
            }
        }
        return RunConfiguration.read(folder().config()).with(settings);
    }

    /** Loads the weights and says which they are. */
    Posterior load(
            Backend backend,
            ProblemInstance instance,
            RunConfiguration configuration,
            Output output) {
        WeightKind kind = raw ? WeightKind.RAW : WeightKind.EMA;
        try (Checkpoint file = open(output)) {
            Posterior posterior =
                    Posterior.load(
                            backend,
                            instance.model(),
                            file,
                            kind,
                            configuration.settings().sampling());
            output.note(
                    "weights of step %d, %s (%s)"
                            .formatted(
                                    posterior.step(),
                                    raw ? "raw" : "EMA: their moving average; --raw for the others",
                                    file.path()));
            posterior.warnings().forEach(output::warn);
            return posterior;
        } catch (CheckpointException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(e.getMessage(), e);
        }
    }

    private Checkpoint open(Output output) {
        if (checkpoint.isPresent()) {
            return Checkpoint.open(checkpoint.get());
        }
        RunFolder folder = folder();
        CheckpointStore.Latest latest = new CheckpointStore(folder.checkpoints(), 1).latest();
        latest.refused().forEach(damaged -> output.warn(damaged.getMessage()));
        return latest.checkpoint()
                .orElseThrow(() ->
                        latest.refused().isEmpty()
                                ? CommandException.badInput(
                                        "%s: no checkpoint yet; train it with: gsdm resume %s"
                                                .formatted(folder.path(), folder.path()))
                                : folder.everyCheckpointDamaged());
    }
}
