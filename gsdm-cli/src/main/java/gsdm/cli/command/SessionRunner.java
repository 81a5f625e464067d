package gsdm.cli.command;

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
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.problem.ProblemInstance;
import gsdm.tensor.backend.Backend;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code train} and {@code resume} have in common: training in a folder, and the last words.
 */
record SessionRunner(
        RunFolder folder,
        RunConfiguration configuration,
        ProblemInstance instance,
        Backend backend,
        Device device,
        Output output) {

    /** Refuses what there is no memory for, be it only at the end. */
    static void requireMemory(
            Backend backend, RunConfiguration configuration, ProblemInstance instance) {
        GraphicalModel model = instance.model();
        MemoryCheck.requireForTraining(backend, model, configuration.settings());
        MemoryCheck.requireForDraws(
                ExitCode.BAD_INPUT, "training.evaluate", configuration.command().evaluate(), model);
    }

    int run() throws IOException {
        Map<String, Object> environment =
                Environment.describe(Version.number(), device.line(backend), backend.threads());
        AtomicFiles.writeText(folder.environment(), Json.text(environment));
        try (StopRequest stop = StopRequest.listen()) {
            Optional<RunConfiguration> fixed =
                    TrainingSession.fixSteps(
                            folder, configuration, instance, backend, output, stop);
            if (fixed.isEmpty()) {
                output.warn(
                        "interrupted before the first step; go on with: gsdm resume "
                                + folder.path());
                return ExitCode.INTERRUPTED.code();
            }
            TrainingSession session =
                    new TrainingSession(folder, fixed.get(), instance, backend, output);
            TrainingSession.Outcome outcome = session.run(stop);
            if (!outcome.finished()) {
                output.warn(
                        "interrupted at step %d, saved %s; go on with: gsdm resume %s"
                                .formatted(outcome.step(), outcome.checkpoint(), folder.path()));
                return ExitCode.INTERRUPTED.code();
            }
            try {
                session.report(outcome);
            } finally {
                show(outcome); // what was trained for hours is said, whatever becomes of the report
            }
            return ExitCode.OK.code();
        }
    }

    private void show(TrainingSession.Outcome outcome) {
        if (!outcome.metrics().isEmpty()) {
            output.note(
                    "scored %d fresh problems with the EMA weights of step %d"
                            .formatted(configuration.command().evaluate(), outcome.step()));
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("problem", configuration.problem().name());
        data.put("step", outcome.step());
        data.put("run", folder.path().toString());
        data.put("checkpoint", outcome.checkpoint().toString());
        data.put("report", folder.report().toString());
        Map<String, Object> shown = new LinkedHashMap<>(data);
        data.put("metrics", outcome.metrics());
        shown.putAll(EvalCommand.rounded(outcome.metrics()));
        output.result(data, Output.aligned(shown));
    }
}
