package gsdm.cli.session;

import gsdm.cli.progress.StopRequest;
import gsdm.cli.run.RunFolder;
import gsdm.graph.inference.Evaluation;
import gsdm.graph.inference.Posterior;
import gsdm.graph.inference.SamplingSettings;
import gsdm.graph.inference.Training;
import gsdm.graph.problem.ProblemInstance;
import gsdm.nn.network.WeightKind;
import gsdm.nn.sample.NotFiniteException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.DoublePredicate;

/** The scores of a run on the way and at the end, of the moving average of its weights. */
final class RunScores {
    /** How many problems, at most, are scored for a point of the quality curve. */
    private static final int FEW_PROBLEMS = 64;

    private final RunFolder folder;
    private final CommandSettings command;
    private final ProblemInstance instance;
    private final Narrator narrator;
    private final StopRequest stop;

    RunScores(
            RunFolder folder,
            CommandSettings command,
            ProblemInstance instance,
            Narrator narrator,
            StopRequest stop) {
        this.folder = folder;
        this.command = command;
        this.instance = instance;
        this.narrator = narrator;
        this.stop = stop;
    }

    private int fewProblems() {
        return Math.min(FEW_PROBLEMS, command.evaluate());
    }

    /** Adds a point to the quality curve, if one is due and no stop is asked for meanwhile. */
    void addPoint(Training training, QualityCurve quality) throws IOException {
        long step = training.steps();
        if (command.evaluateEvery() == 0
                || command.evaluate() == 0
                || step % command.evaluateEvery() != 0) {
            return;
        }
        try {
            Evaluation evaluation =
                    run(
                            training,
                            fewProblems(),
                            Optional.empty(),
                            EvaluationProgress.hidden(stop::requested, _ -> true));
            quality.append(step, evaluation.metrics());
        } catch (CancellationException stopped) {
            // which the run will find for itself
        } catch (NotFiniteException unusable) {
            narrator.warn("no score after step %d: %s".formatted(step, unusable.getMessage()));
        }
    }

    /**
     * Scores the run at its end, on fewer problems if its time is over before; empty if it is not
     * to be, or a stop was asked for meanwhile: the next time goes on about where this one was.
     */
    Optional<Evaluation> atTheEnd(Training training, RunLength length) {
        int problems = command.evaluate();
        if (problems == 0) {
            return Optional.empty();
        }
        int[] rounds = {0};
        DoublePredicate hasTime =
                scoring -> {
                    double round = scoring / ++rounds[0];
                    return length.hasTimeFor(round / 2); // so the end is nearest
                };
        try (EvaluationProgress progress =
                EvaluationProgress.shown(narrator, stop::requested, hasTime)) {
            return Optional.of(run(training, problems, Optional.of(folder.path()), progress));
        } catch (CancellationException stopped) {
            return Optional.empty();
        }
    }

    /**
     * The seconds that {@link #atTheEnd} would take now, by a rehearsal on a few problems.
     *
     * @param most seconds after which there are no more of them
     */
    double rehearse(Training training, double most) {
        if (command.evaluate() == 0) {
            return 0;
        }
        try (EvaluationProgress progress =
                EvaluationProgress.hidden(stop::requested, scoring -> scoring < most)) {
            Evaluation evaluation = run(training, fewProblems(), Optional.empty(), progress);
            double each = progress.scoring() / evaluation.problems();
            return progress.opening() + each * command.evaluate();
        } catch (CancellationException | NotFiniteException unusable) {
            return 0; // of which the run will find out for itself
        }
    }

    private Evaluation run(
            Training training, int problems, Optional<Path> kept, Evaluation.Listener listener) {
        SamplingSettings sampling = training.settings().sampling();
        try (Posterior posterior = training.posterior(WeightKind.EMA, sampling)) {
            return Evaluation.run(
                    posterior, instance, problems, TrainingSession.EVALUATION_SEED, kept, listener);
        }
    }
}
