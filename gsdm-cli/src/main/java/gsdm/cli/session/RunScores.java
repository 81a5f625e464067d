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
        try (Progress progress =
                narrator.progress(new Progress.Task("evaluating", "problem", 0, problems, ""))) {
            evaluation =
                    run(
                            training,
                            problems,
                            training.settings().sampling(),
                            done -> {
                                progress.update(done, Double.NaN);
                                return !length.isOver();
                            });
        }
        return stop.requested() ? Optional.empty() : Optional.of(evaluation);
    }

    /**
     * The seconds that {@link #atTheEnd} would take now, by a rehearsal on a few problems with
     * fewer network evaluations.
     */
    double rehearse(Training training) {
        if (command.evaluate() == 0) {
            return 0;
        }
        try {
            secondsOfOne(training, 1); // code is still being compiled
            double one = secondsOfOne(training, 1);
            double three = secondsOfOne(training, 3);
            int steps = training.settings().sampling().steps();
            double perStep = Math.max(0, three - one) / 2;
            return (one + (steps - 1) * perStep) * command.evaluate();
        } catch (NotFiniteException unusable) {
            return 0; // which the run will tell at its end
        }
    }

    /** What each of the problems takes that are sampled at a time. */
    private double secondsOfOne(Training training, int steps) {
        long start = System.nanoTime();
        SamplingSettings sampling = training.settings().sampling().withSteps(steps);
        Evaluation evaluation = run(training, fewProblems(), sampling, _ -> false);
        return (System.nanoTime() - start) / SECOND / evaluation.truth().size();
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
