package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;
import gsdm.cli.io.AtomicFiles;
import gsdm.cli.io.Json;
import gsdm.cli.progress.StopRequest;
import gsdm.cli.run.Environment;
import gsdm.cli.run.RunFolder;
import gsdm.cli.run.Version;
import gsdm.cli.session.MemoryCheck;
import gsdm.cli.session.RunConfiguration;
import gsdm.cli.session.TrainingSession;
import gsdm.graph.inference.Evaluation;
import gsdm.graph.inference.Training;
import gsdm.graph.inference.TrainingSize;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.problem.ProblemInstance;
import gsdm.tensor.backend.Backend;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What {@code train}, {@code resume} and {@code sweep} have in common: training in a folder, and
 * the last words.
 *
 * @param started {@link System#nanoTime} from which on a run's time counts
 */
record SessionRunner(
        RunFolder folder,
        RunConfiguration configuration,
        ProblemInstance instance,
        Backend backend,
        Device device,
        Output output,
        long started) {

    /** Refuses what has nothing to learn, and what there is no memory for, be it at the end. */
    static void requireTrainable(
            Backend backend, RunConfiguration configuration, ProblemInstance instance) {
        requireTrainable(backend, configuration, instance, size(backend, configuration, instance));
    }

    /** The same of a size that is known. */
    static void requireTrainable(
            Backend backend,
            RunConfiguration configuration,
            ProblemInstance instance,
            TrainingSize size) {
        GraphicalModel model = instance.model();
        boolean folding = configuration.settings().model().folding();
        if (instance.conditioning().leavesNothing(model, folding)) {
            throw CommandException.badInput(
                    ("problem.observed: '%s' leaves nothing to infer, since all the rest follows:"
                                    + " leave out an array, or set model.folding=false")
                            .formatted(instance.conditioning()));
        }
        MemoryCheck.requireForProblems(
                ExitCode.BAD_INPUT, "training.evaluate", configuration.command().evaluate());
        MemoryCheck.require(
                size,
                configuration.command().evaluates(),
                configuration.settings(),
                MemoryCheck.available(backend));
    }

    /** How large the training of a configuration will be. */
    static TrainingSize size(
            Backend backend, RunConfiguration configuration, ProblemInstance instance) {
        return MemoryCheck.size(
                backend, instance, configuration.settings(), configuration.command().seed());
    }

    /** A training as the configuration has it, of no folder: to be timed. */
    static Training start(
            Backend backend, RunConfiguration configuration, ProblemInstance instance) {
        return Training.start(
                backend,
                instance.model(),
                instance.conditioning(),
                configuration.settings(),
                configuration.command().seed(),
                configuration.command().steps());
    }

    /** Trains, shows how it ended, and says what the process exits with. */
    int run() throws IOException {
        try (StopRequest stop = StopRequest.listen()) {
            TrainingSession.Outcome outcome = train(stop, this::show);
            if (outcome.finished()) {
                return ExitCode.OK.code();
            }
            output.warn(stopped(outcome) + "; go on with: gsdm resume " + folder.path());
            return ExitCode.INTERRUPTED.code();
        }
    }

    /**
     * Trains until the end or until a stop is asked for, and at the end writes the report.
     *
     * @param ended is told of a run that is finished, whatever becomes of its report
     * @return how it ended
     */
    TrainingSession.Outcome train(StopRequest stop, Consumer<TrainingSession.Outcome> ended)
            throws IOException {
        Map<String, Object> environment =
                Environment.describe(Version.number(), device.line(backend), backend.threads());
        AtomicFiles.writeText(folder.environment(), Json.text(environment));
        TrainingSession session =
                new TrainingSession(folder, configuration, instance, backend, output, started);
        TrainingSession.Outcome outcome = session.run(stop);
        if (outcome.finished()) {
            try {
                session.report(outcome);
            } finally {
                ended.accept(outcome); // what was trained for hours is not lost with the report
            }
        }
        return outcome;
    }

    /** What is said of a run that was stopped. */
    static String stopped(TrainingSession.Outcome outcome) {
        return "interrupted at step %d, saved %s".formatted(outcome.step(), outcome.checkpoint());
    }

    private void tell(Evaluation evaluation, long step) {
        int scored = evaluation.problems();
        int asked = configuration.command().evaluate();
        output.note(
                "scored %d fresh problems with the EMA weights of step %d".formatted(scored, step));
        if (scored < asked) {
            output.note(
                    "no time was left for the other %d; all: gsdm eval %s"
                            .formatted(asked - scored, folder.path()));
        }
    }

    private void show(TrainingSession.Outcome outcome) {
        outcome.evaluation().ifPresent(evaluation -> tell(evaluation, outcome.step()));
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("problem", configuration.problem().name());
        data.put("step", outcome.step());
        data.put("run", folder.path().toString());
        data.put("checkpoint", outcome.checkpoint().toString());
        data.put("report", folder.report().toString());
        Map<String, Object> shown = new LinkedHashMap<>(data);
        data.put("metrics", outcome.metrics());
        shown.putAll(outcome.scores());
        output.result(data, Output.aligned(shown));
    }
}
