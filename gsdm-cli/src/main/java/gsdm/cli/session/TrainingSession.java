package gsdm.cli.session;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;
import gsdm.cli.error.Failure;
import gsdm.cli.io.AtomicFiles;
import gsdm.cli.progress.Progress;
import gsdm.cli.progress.StopRequest;
import gsdm.cli.run.RunFolder;
import gsdm.graph.inference.Evaluation;
import gsdm.graph.inference.Training;
import gsdm.graph.problem.ProblemInstance;
import gsdm.graph.problem.Score;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.CheckpointStore;
import gsdm.nn.checkpoint.Falls;
import gsdm.nn.train.DivergedException;
import gsdm.nn.train.StepResult;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.DeviceException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The training of one run in its folder: steps, metrics, checkpoints, scores, and at the end
 * figures and a report. Going on after a checkpoint gives what an unbroken run would have given.
 */
public final class TrainingSession {

    /** Seed of the problems that runs are scored on, the same for all of them. */
    public static final long EVALUATION_SEED = 1;

    private static final double SECOND = 1e9;
    private static final double PERCENT = 100;

    /** The highest learning rate that is advised to a run that diverged. */
    private static final double USUAL_RATE = 1e-3;

    private final RunFolder folder;
    private final ProblemInstance instance;
    private final Backend backend;
    private final DeviceTraffic traffic;
    private final Narrator narrator;
    private final CheckpointStore store;

    private final long started;
    private RunConfiguration configuration;

    /** The checkpoint that this session has written or started from, whichever is later. */
    private Optional<Path> lastSaved = Optional.empty();

    private long savedStep = -1;
    private double stepSeconds;
    private double preparationSeconds; // of them

    /**
     * A session on a folder that the caller has locked.
     *
     * @param instance the problem at the configuration's sizes
     * @param started {@link System#nanoTime} from which on a run's time counts
     */
    public TrainingSession(
            RunFolder folder,
            RunConfiguration configuration,
            ProblemInstance instance,
            Backend backend,
            Narrator narrator,
            long started) {
        this.folder = folder;
        this.configuration = configuration;
        this.instance = instance;
        this.backend = backend;
        this.traffic = new DeviceTraffic(backend);
        this.narrator = narrator;
        this.started = started;
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
     * Trains until all steps are done or a stop is asked for. Starts from the latest checkpoint
     * that is whole, or from the beginning if the folder has none yet.
     *
     * @throws CommandException (diverged) if the loss or the gradient is not finite
     * @throws CommandException if the device failed or memory is exhausted, with the last
     *     checkpoint
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
        } catch (DeviceException | OutOfMemoryError e) {
            Failure failure = Failure.of(e);
            throw new CommandException(
                    failure.exitCode(), "%s; %s".formatted(failure.line(), lastGood()), e);
        }
    }

    private Training open(Optional<Checkpoint> checkpoint) {
        CommandSettings command = configuration.command();
        if (checkpoint.isEmpty()) {
            return Training.start(
                    backend,
                    instance.model(),
                    instance.conditioning(),
                    configuration.settings(),
                    command.seed(),
                    command.plannedFalls(configuration.settings().training()));
        }
        try (Checkpoint file = checkpoint.get()) {
            narrator.note("going on after step " + file.header().step());
            Training training = Training.resume(backend, instance.model(), file);
            lastSaved = Optional.of(file.path());
            savedStep = training.steps();
            if (!startedWith(file, training)) {
                narrator.warn(
                        "%s is not what this run was started with: going on with the settings of %s"
                                .formatted(folder.config(), file.path()));
            }
            plan(training);
            return training;
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(e.getMessage(), e);
        }
    }

    /** Lets the learning rate fall as the configuration says, unless it falls already. */
    private void plan(Training training) {
        CommandSettings command = configuration.command();
        Falls planned = command.plannedFalls(training.settings().training());
        Falls found = training.falls();
        if (!found.begunBy(training.steps())) {
            training.follow(planned);
        } else if (!planned.equals(Falls.NONE) && planned.end() != found.end()) {
            narrator.warn(
                    ("%s: training.steps is %d, but the learning rate falls already, until step %d;"
                                    + " to train longer: gsdm resume %s --steps %d")
                            .formatted(
                                    folder.config(),
                                    command.steps(),
                                    found.end(),
                                    folder.path(),
                                    command.steps()));
        }
    }

    /** Whether the configuration is the one that the run was started with, but for its length. */
    private boolean startedWith(Checkpoint file, Training training) {
        return training.settings().equals(configuration.settings())
                && file.header().seed() == configuration.command().seed()
                && training.conditioning().equals(instance.conditioning());
    }

    private Outcome run(Training training, StopRequest stop) throws IOException {
        long first = training.steps();
        CommandSettings command = configuration.command();
        RunScores scores = new RunScores(folder, command, instance, narrator, stop);
        RunLength length;
        boolean goesOn;
        try (RunMetrics metrics =
                        new RunMetrics(folder, training.arrays(), first, command.logEvery());
                QualityCurve quality = new QualityCurve(folder.evaluations(), first - 1)) {
            length = new RunLength(training, command, metrics.elapsed(), started);
            Progress.Task task =
                    new Progress.Task("training", "step", first, length.steps(), "loss");
            try (Progress progress = narrator.progress(task)) {
                goesOn = length.hasSteps();
                if (goesOn && first > 0) {
                    scores.addPoint(training, quality);
                }
                while (goesOn && !stop.requested()) {
                    goesOn = step(training, metrics, progress, length);
                    keep(training, metrics, goesOn);
                    if (goesOn) {
                        scores.addPoint(training, quality);
                        if (length.isRehearsalDue()) {
                            length.keepFree(scores.rehearse(training, length.rehearsal()));
                        }
                    }
                }
            }
        }
        if (training.steps() > first) {
            narrator.note(
                    String.format(
                            Locale.ROOT,
                            "data preparation took %.1f %% of the steps' time",
                            PERCENT * preparationSeconds / stepSeconds));
            traffic.line().ifPresent(narrator::note);
        }
        if (savedStep != training.steps()) {
            save(training);
        }
        if (goesOn) {
            return new Outcome(training.steps(), false, lastSaved.orElseThrow(), Optional.empty());
        }
        if (command.timed()) {
            recordLength(training);
        }
        Optional<Evaluation> evaluation = scores.atTheEnd(training, length);
        boolean finished = command.evaluate() == 0 || evaluation.isPresent();
        return new Outcome(training.steps(), finished, lastSaved.orElseThrow(), evaluation);
    }

    /**
     * Writes down what a run of some minutes found its length to be, so that it can be repeated.
     */
    private void recordLength(Training training) throws IOException {
        configuration =
                configuration.with(
                        List.of(
                                "training.steps=" + training.steps(),
                                "training.minutes=0",
                                "training.falls=" + training.falls()));
        AtomicFiles.writeText(folder.config(), configuration.text());
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
        savedStep = training.steps();
    }

    /**
     * Saves what is to be saved after a step: a checkpoint now and then, and the last state before
     * the learning rate falls, from which the run can be prolonged.
     */
    private void keep(Training training, RunMetrics metrics, boolean goesOn) throws IOException {
        long step = training.steps();
        if (!goesOn || step % configuration.settings().training().checkpointEvery() == 0) {
            metrics.write();
            save(training);
        }
        Falls falls = training.falls();
        if (falls.begunBy(step + 1) && !falls.begunBy(step)) {
            metrics.write();
            Files.createDirectories(folder.checkpoints());
            training.save(folder.beforeFall());
        }
    }

    /** Takes a step, and tells whether there is another. */
    private boolean step(Training training, RunMetrics metrics, Progress progress, RunLength length)
            throws IOException {
        long start = System.nanoTime();
        traffic.begin();
        StepResult result;
        try {
            result = training.step();
        } catch (DivergedException diverged) {
            throw diverged(diverged);
        } catch (DeviceException failure) {
            throw new DeviceException(
                    "%s, at step %d".formatted(failure.getMessage(), training.steps() + 1),
                    failure);
        }
        traffic.end();
        double seconds = (System.nanoTime() - start) / SECOND;
        double preparation = training.preparationSeconds();
        stepSeconds += seconds;
        preparationSeconds += preparation;
        metrics.append(result, seconds, preparation, length.elapsed());
        boolean goesOn = length.goesOn(seconds);
        progress.expect(length.steps());
        progress.update(result.step(), metrics.loss());
        return goesOn;
    }

    private String lastGood() {
        return lastSaved
                .map(path -> "the last good checkpoint is " + path)
                .orElse("no checkpoint yet");
    }

    private CommandException diverged(DivergedException diverged) {
        double rate = configuration.settings().training().learningRate();
        return new CommandException(
                ExitCode.DIVERGED,
                ("the loss or gradient of step %d is not finite; %s; train again with a lower"
                                + " learning rate, as --set training.learning-rate=%s, or a smaller"
                                + " training.clip-norm")
                        .formatted(
                                diverged.step(),
                                lastGood(),
                                String.format(Locale.ROOT, "%.1e", Math.min(rate / 3, USUAL_RATE))),
                diverged);
    }
}
