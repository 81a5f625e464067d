package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;
import gsdm.cli.session.EvaluationProgress;
import gsdm.cli.session.MemoryCheck;
import gsdm.cli.session.RunConfiguration;
import gsdm.cli.session.TrainingSession;
import gsdm.graph.inference.Evaluation;
import gsdm.graph.inference.Posterior;
import gsdm.graph.problem.ProblemInstance;
import gsdm.tensor.backend.Backend;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Scores a trained model. */
@Command(
        name = "eval",
        header = "Score a trained model on fresh problems.",
        description = {
            "Score a run on fresh problems that training never saw: one posterior sample for each,"
                    + " no",
            "best-of, no averaging. Uses the moving average (EMA) of the weights; --raw the"
                    + " others.",
            "",
            "Each figure is followed by its standard error. consistency/NAME says how far sampled",
            "values of an array are from what its definition gives from the sampled values it"
                    + " reads,",
            "in standard deviations of the array; of a discrete array, how many are another"
                    + " category.",
            "",
            "One that is killed goes on where it was when it is run again."
        },
        footer = {
            "",
            "Examples:",
            "  gsdm eval runs/first",
            "  gsdm eval runs/first --problems 1000 --json",
            "  gsdm eval runs/first --set sampling.steps=100"
        })
final class EvalCommand implements Callable<Integer> {

    @Mixin private Trained trained = new Trained();

    @Option(
            names = "--problems",
            paramLabel = "N",
            description = "Fresh problems to score; training.evaluate of the run by default.")
    private Optional<Integer> problems = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "" + TrainingSession.EVALUATION_SEED,
            description = "Seed of the problems and the samples (default: ${DEFAULT-VALUE}).")
    private long seed = TrainingSession.EVALUATION_SEED;

    @Mixin private Device device = new Device();
    @Mixin private Output output;

    EvalCommand(Console console) {
        output = new Output(console);
    }

    @Override
    public Integer call() throws IOException {
        RunConfiguration configuration = trained.configuration();
        ProblemInstance instance = configuration.instance();
        int count = problems.orElse(Math.max(1, configuration.command().evaluate()));
        if (count < 1) {
            throw CommandException.usage("--problems: expected 1 or more, found " + count);
        }
        MemoryCheck.requireForProblems(ExitCode.USAGE, "--problems", count);
        try (Backend backend = device.open(output);
                Posterior posterior = trained.load(backend, instance, configuration, output)) {
            Evaluation evaluation = evaluate(posterior, instance, count);
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("problem", configuration.problem().name());
            data.put("step", posterior.step());
            Map<String, Object> shown = new LinkedHashMap<>(data);
            data.put("metrics", evaluation.metrics());
            shown.putAll(evaluation.scores());
            output.result(data, Output.aligned(shown));
        }
        return 0;
    }

    private Evaluation evaluate(Posterior posterior, ProblemInstance instance, int count) {
        try (EvaluationProgress progress =
                EvaluationProgress.shown(output, () -> false, _ -> true)) {
            return Evaluation.run(
                    posterior,
                    instance,
                    count,
                    seed,
                    Optional.of(trained.folder().path()),
                    progress);
        }
    }
}
