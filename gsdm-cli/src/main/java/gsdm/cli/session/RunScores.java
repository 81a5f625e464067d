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
import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;

/** The scores of a run on the way and at the end, of the moving average of its weights. */
final class RunScores {
    /** The quality curve is scored on at most this many problems a point. */
    private static final int CURVE_PROBLEMS = 64;

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

    private int curveProblems() {
        return Math.min(CURVE_PROBLEMS, command.evaluate());
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
            Optional<Evaluation> evaluation =
                    run(training, curveProblems(), training.settings().sampling(), _ -> {});
            if (evaluation.isPresent()) {
                quality.append(step, evaluation.get().metrics());
            }
        } catch (NotFiniteException unusable) {
            narrator.warn("no score after step %d: %s".formatted(step, unusable.getMessage()));
        }
    }

    /** Scores the run at its end; empty if it is not to be, or a stop was asked for meanwhile. */
    Optional<Evaluation> atTheEnd(Training training) {
        int problems = command.evaluate();
        if (problems == 0) {
            return Optional.empty();
        }
        try (Progress progress =
                narrator.progress(new Progress.Task("evaluating", "problem", 0, problems, ""))) {
            return run(
                    training,
                    problems,
                    training.settings().sampling(),
                    done -> progress.update(done, Double.NaN));
        }
    }

    /**
     * The seconds that {@link #atTheEnd} would take now, by a rehearsal on fewer problems with
     * fewer network evaluations.
     */
    double rehearse(Training training) {
        int problems = curveProblems();
        if (problems == 0) {
            return 0;
        }
        try {
            secondsOf(training, problems, 1); // code is still being compiled
            double one = secondsOf(training, problems, 1);
            double three = secondsOf(training, problems, 3);
            int steps = training.settings().sampling().steps();
            double perStep = Math.max(0, three - one) / 2;
            return (one + (steps - 1) * perStep) * command.evaluate() / problems;
        } catch (NotFiniteException unusable) {
            return 0; // which the run will tell at its end
        }
    }

    private double secondsOf(Training training, int problems, int steps) {
        long start = System.nanoTime();
        run(training, problems, training.settings().sampling().withSteps(steps), _ -> {});
        return (System.nanoTime() - start) / SECOND;
    }

    /** Empty if a stop was asked for meanwhile. */
    private Optional<Evaluation> run(
            Training training, int problems, SamplingSettings sampling, IntConsumer progress) {
        try (Posterior posterior = training.posterior(WeightKind.EMA, sampling)) {
            return Optional.of(
                    Evaluation.run(
                            posterior,
                            instance,
                            problems,
                            TrainingSession.EVALUATION_SEED,
                            done -> {
                                if (stop.requested()) {
                                    throw new CancellationException("asked to stop");
                                }
                                progress.accept(done);
                            }));
        } catch (CancellationException stopped) {
            return Optional.empty();
        }
    }
}
