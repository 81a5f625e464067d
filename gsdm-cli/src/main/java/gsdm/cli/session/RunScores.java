package gsdm.cli.session;

import gsdm.cli.progress.Progress;
import gsdm.cli.progress.StopRequest;
import gsdm.graph.inference.Evaluation;
import gsdm.graph.inference.Posterior;
import gsdm.graph.inference.SamplingSettings;
import gsdm.graph.inference.Training;
import gsdm.graph.problem.ProblemInstance;
import gsdm.nn.network.WeightKind;
import gsdm.nn.sample.NotFiniteException;

import java.io.IOException;
import java.util.Optional;
import java.util.function.IntPredicate;

/** The scores of a run on the way and at the end, of the moving average of its weights. */
final class RunScores {
    /** How many problems, at most, are scored for a point of the quality curve. */
    private static final int FEW_PROBLEMS = 64;

    private static final double SECOND = 1e9;

    private final CommandSettings command;
    private final ProblemInstance instance;
    private final Narrator narrator;
    private final StopRequest stop;

    RunScores(
            CommandSettings command,
            ProblemInstance instance,
            Narrator narrator,
            StopRequest stop) {
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
                    run(training, fewProblems(), training.settings().sampling(), _ -> true);
            if (!stop.requested()) {
                quality.append(step, evaluation.metrics());
            }
        } catch (NotFiniteException unusable) {
            narrator.warn("no score after step %d: %s".formatted(step, unusable.getMessage()));
        }
    }

    /**
     * Scores the run at its end, on fewer problems if its time is over before; empty if it is not
     * to be, or a stop was asked for meanwhile.
     */
    Optional<Evaluation> atTheEnd(Training training, RunLength length) {
        int problems = command.evaluate();
        if (problems == 0) {
            return Optional.empty();
        }
        Evaluation evaluation;
        long start = System.nanoTime();
        int[] rounds = {0};
        try (Progress progress =
                narrator.progress(new Progress.Task("evaluating", "problem", 0, problems, ""))) {
            evaluation =
                    run(
                            training,
                            problems,
                            training.settings().sampling(),
                            done -> {
                                progress.update(done, Double.NaN);
                                double round = secondsSince(start) / ++rounds[0];
                                return length.hasTimeFor(round / 2); // so the end is nearest
                            });
        }
        return stop.requested() ? Optional.empty() : Optional.of(evaluation);
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
        SamplingSettings sampling = training.settings().sampling();
        try {
            run(training, fewProblems(), sampling.withSteps(1), _ -> false); // compiles code
            long start = System.nanoTime();
            Evaluation evaluation =
                    run(training, fewProblems(), sampling, _ -> secondsSince(start) < most);
            return secondsSince(start) * command.evaluate() / evaluation.truth().size();
        } catch (NotFiniteException unusable) {
            return 0; // which the run will tell at its end
        }
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / SECOND;
    }

    private Evaluation run(
            Training training, int problems, SamplingSettings sampling, IntPredicate goesOn) {
        try (Posterior posterior = training.posterior(WeightKind.EMA, sampling)) {
            return Evaluation.run(
                    posterior,
                    instance,
                    problems,
                    TrainingSession.EVALUATION_SEED,
                    done -> goesOn.test(done) && !stop.requested());
        }
    }
}
