package gsdm.cli.session;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;
import gsdm.cli.error.Failure;
import gsdm.cli.io.AtomicFiles;
import gsdm.cli.progress.Progress;
import gsdm.cli.progress.StopRequest;
import gsdm.cli.run.RunFolder;
import gsdm.graph.inference.Calibration;
import gsdm.graph.inference.Evaluation;
import gsdm.graph.inference.Posterior;
import gsdm.graph.inference.Training;
import gsdm.graph.problem.ProblemInstance;
import gsdm.graph.problem.Score;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.CheckpointStore;
import gsdm.nn.network.WeightKind;
import gsdm.nn.sample.NotFiniteException;
import gsdm.nn.train.DivergedException;
import gsdm.nn.train.StepResult;
import gsdm.tensor.backend.Backend;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;

/**
 * The training of one run in its folder: steps, metrics, checkpoints, scores, and at the end
 * figures and a report. Going on after a checkpoint gives what an unbroken run would have given.
 */
public final class TrainingSession {

    /** Seed of the problems that runs are scored on, the same for all of them. */
    public static final long EVALUATION_SEED = 1;

    /** The quality curve is scored on at most this many problems a point. */
    private static final int CURVE_PROBLEMS = 64;

    private static final double SECOND = 1e9;
    private static final double MINUTE = 60 * SECOND;

    /** The highest learning rate that is advised to a run that diverged. */
    private static final double USUAL_RATE = 1e-3;

    private final RunFolder folder;
    private final RunConfiguration configuration;
    private final ProblemInstance instance;
    private final Backend backend;
    private final Narrator narrator;
    private final CheckpointStore store;

    /** The checkpoint that this session has written or started from, whichever is later. */
    private Optional<Path> lastSaved = Optional.empty();

    /**
     * A session on a folder that the caller has locked.
     *
     * @param instance the problem at the configuration's sizes
     */
    public TrainingSession(
            RunFolder folder,
            RunConfiguration configuration,
            ProblemInstance instance,
            Backend backend,
            Narrator narrator) {
        this.folder = folder;
        this.configuration = configuration;
        this.instance = instance;
        this.backend = backend;
        this.narrator = narrator;
        this.store =
                new CheckpointStore(
                        folder.checkpoints(), configuration.settings().training().keep());
    }

    /**
     * How a session ended.
     *
     * @param step steps done
     * @param finished whether that is all of them, scored; false if it was asked to stop
     * @param checkpoint the last one
     * @param evaluation at the end; empty if it did not come to it
     */
    public record Outcome(
            long step, boolean finished, Path checkpoint, Optional<Evaluation> evaluation) {

        /** The scores; none without an evaluation. */
        public Map<String, Score> scores() {
            return evaluation.<Map<String, Score>>map(Evaluation::scores).orElse(Map.of());
        }

        /** The scores and their standard errors as numbers. */
        public Map<String, Double> metrics() {
            return evaluation.<Map<String, Double>>map(Evaluation::metrics).orElse(Map.of());
        }
    }

    /**
     * Fixes the number of steps where the configuration gives a time, and writes it down, so that a
     * run that goes on has the same end.
     *
     * @return the configuration with its steps; empty if a stop was asked for before they were
     *     known
     */
    public static Optional<RunConfiguration> fixSteps(
            RunFolder folder,
            RunConfiguration configuration,
            ProblemInstance instance,
            Backend backend,
            Narrator narrator,
            StopRequest stop)
            throws IOException {
        CommandSettings command = configuration.command();
        if (command.minutes() == 0) {
            return Optional.of(configuration);
        }
        double scored =
                command.evaluateEvery() == 0
                        ? 0
                        : curveProblems(command) / (double) command.evaluateEvery();
        OptionalLong steps =
                Calibration.steps(
                        backend,
                        instance.model(),
                        instance.conditioning(),
                        configuration.settings(),
                        Duration.ofNanos((long) Math.ceil(command.minutes() * MINUTE)),
                        scored,
                        stop::requested);
        if (steps.isEmpty()) {
            return Optional.empty();
        }
        narrator.note(steps.getAsLong() + " steps fit into the time given");
        RunConfiguration fixed =
                configuration.with(
                        List.of("training.steps=" + steps.getAsLong(), "training.minutes=0"));
        AtomicFiles.writeText(folder.config(), fixed.text());
        return Optional.of(fixed);
    }

    /**
     * Trains until all steps are done or a stop is asked for. Starts from the latest checkpoint
     * that is whole, or from the beginning if the folder has none yet.
     *
     * @throws CommandException (diverged) if the loss or the gradient is not finite
     * @throws CommandException (bad input) if there are checkpoints, and all of them are damaged
     */
    public Outcome run(StopRequest stop) throws IOException {
        CheckpointStore.Latest latest = store.latest();
        latest.refused().forEach(damaged -> narrator.warn(damaged.getMessage()));
        if (latest.checkpoint().isEmpty() && !latest.refused().isEmpty()) {
            throw folder.everyCheckpointDamaged();
        }
        try (Training training = open(latest.checkpoint())) {
            return run(training, stop);
        }
    }

    private Training open(Optional<Checkpoint> checkpoint) {
        if (checkpoint.isEmpty()) {
            CommandSettings command = configuration.command();
            return Training.start(
                    backend,
                    instance.model(),
                    instance.conditioning(),
                    configuration.settings(),
                    command.seed(),
                    command.steps());
        }
        try (Checkpoint file = checkpoint.get()) {
            narrator.note("going on after step " + file.header().step());
            Training training = Training.resume(backend, instance.model(), file);
            lastSaved = Optional.of(file.path());
            if (!startedWith(file, training)) {
                narrator.warn(
                        "%s is not what this run was started with: going on with the settings of %s"
                                .formatted(folder.config(), file.path()));
            }
            long planned = file.header().horizon();
            if (planned != configuration.command().steps()) {
                narrator.warn(
                        "%s: training.steps is %d, but this run was started for %d: the learning rate is still planned for %d"
                                .formatted(
                                        folder.config(),
                                        configuration.command().steps(),
                                        planned,
                                        planned));
            }
            return training;
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(e.getMessage(), e);
        }
    }

    /** Whether the configuration is the one that the run was started with, but for its length. */
    private boolean startedWith(Checkpoint file, Training training) {
        return training.settings().equals(configuration.settings())
                && file.header().seed() == configuration.command().seed()
                && training.conditioning().equals(instance.conditioning());
    }

    private Outcome run(Training training, StopRequest stop) throws IOException {
        long total = configuration.command().steps();
        long first = training.steps();
        boolean saved = first > 0;
        Progress.Task task = new Progress.Task("training", "step", first, total, "loss");
        try (RunMetrics metrics = new RunMetrics(folder, training.layout(), first);
                QualityCurve quality = new QualityCurve(folder.evaluations(), first - 1);
                Progress progress = narrator.progress(task)) {
            if (first > 0) {
                score(training, quality, stop);
            }
            while (training.steps() < total && !stop.requested()) {
                step(training, metrics, progress);
                saved = isDue(training.steps(), total);
                if (saved) {
                    save(training);
                }
                score(training, quality, stop);
            }
            if (!saved) {
                save(training);
            }
        }
        boolean trained = training.steps() >= total;
        int problems = configuration.command().evaluate();
        Optional<Evaluation> evaluation =
                trained && problems > 0 ? evaluate(training, problems, stop) : Optional.empty();
        return new Outcome(
                training.steps(),
                trained && (problems == 0 || evaluation.isPresent()),
                lastSaved.orElseThrow(),
                evaluation);
    }

    /**
     * Writes down the scores of a run that is finished, its figures and the page that gathers them.
     *
     * @throws CommandException if they cannot be written, as on a full disk; checkpoint and scores
     *     are none the worse for it
     */
    public void report(Outcome outcome) {
        try {
            if (outcome.evaluation().isPresent()) {
                try (QualityCurve quality =
                        new QualityCurve(folder.evaluations(), outcome.step() - 1)) {
                    quality.append(outcome.step(), outcome.metrics());
                }
            }
            new RunReport(folder, configuration, instance.model(), narrator)
                    .write(outcome.step(), outcome.evaluation());
        } catch (IOException e) {
            Failure failure = Failure.of(e);
            throw new CommandException(
                    failure.exitCode(),
                    "trained, but the report cannot be written: %s; to write it later: gsdm resume %s"
                            .formatted(failure.line(), folder.path()),
                    e);
        }
    }

    private void save(Training training) {
        lastSaved = Optional.of(training.save(store));
    }

    private boolean isDue(long step, long total) {
        return step == total || step % configuration.settings().training().checkpointEvery() == 0;
    }

    private void step(Training training, RunMetrics metrics, Progress progress) throws IOException {
        long start = System.nanoTime();
        StepResult result;
        try {
            result = training.step();
        } catch (DivergedException diverged) {
            throw diverged(diverged);
        }
        metrics.append(result, (System.nanoTime() - start) / SECOND);
        progress.update(result.step(), result.loss());
    }

    private CommandException diverged(DivergedException diverged) {
        String last =
                lastSaved
                        .map(path -> "the last good checkpoint is " + path)
                        .orElse("no checkpoint yet");
        double rate = configuration.settings().training().learningRate();
        return new CommandException(
                ExitCode.DIVERGED,
                ("the loss or gradient of step %d is not finite; %s; train again with a lower"
                                + " learning rate, as --set training.learning-rate=%s, or a smaller"
                                + " training.clip-norm")
                        .formatted(
                                diverged.step(),
                                last,
                                String.format(Locale.ROOT, "%.1e", Math.min(rate / 3, USUAL_RATE))),
                diverged);
    }

    private static int curveProblems(CommandSettings command) {
        return Math.min(CURVE_PROBLEMS, command.evaluate());
    }

    /** Adds a point to the quality curve, if one is due and no stop is asked for meanwhile. */
    private void score(Training training, QualityCurve quality, StopRequest stop)
            throws IOException {
        CommandSettings command = configuration.command();
        long step = training.steps();
        if (command.evaluateEvery() == 0
                || command.evaluate() == 0
                || step % command.evaluateEvery() != 0
                || step == command.steps()) {
            return;
        }
        int problems = curveProblems(command);
        try {
            Optional<Evaluation> evaluation = evaluate(training, problems, stop, _ -> {});
            if (evaluation.isPresent()) {
                quality.append(step, evaluation.get().metrics());
            }
        } catch (NotFiniteException unusable) {
            narrator.warn("no score after step %d: %s".formatted(step, unusable.getMessage()));
        }
    }

    /** Scores the EMA weights; empty if a stop was asked for meanwhile. */
    private Optional<Evaluation> evaluate(
            Training training, int problems, StopRequest stop, IntConsumer progress) {
        try (Posterior posterior =
                training.posterior(WeightKind.EMA, training.settings().sampling())) {
            return Optional.of(
                    Evaluation.run(
                            posterior,
                            instance,
                            problems,
                            EVALUATION_SEED,
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

    /** Scores the run and shows how far that is; empty if a stop was asked for meanwhile. */
    private Optional<Evaluation> evaluate(Training training, int problems, StopRequest stop) {
        try (Progress progress =
                narrator.progress(new Progress.Task("evaluating", "problem", 0, problems, ""))) {
            return evaluate(training, problems, stop, done -> progress.update(done, Double.NaN));
        }
    }
}
