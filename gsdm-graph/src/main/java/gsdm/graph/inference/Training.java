package gsdm.graph.inference;

import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ModelException;
import gsdm.graph.model.Scale;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.CheckpointStore;
import gsdm.nn.checkpoint.Falls;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.MemoryEstimate;
import gsdm.nn.network.Network;
import gsdm.nn.network.WeightKind;
import gsdm.nn.train.StepResult;
import gsdm.nn.train.Trainer;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.random.RandomStream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;

/**
 * The training of a network for a graphical model, on examples drawn from the model itself. A run
 * is a function of model, conditioning, settings, seed and falls of the learning rate: the number
 * of threads, and being saved and resumed, change no bit. For one thread at a time.
 */
public final class Training implements Timetable.Plan, AutoCloseable {
    private final Lifetime lifetime = new Lifetime("the training");
    private final Backend backend;
    private final GraphicalModel model;
    private final RunHeader header;
    private final VariableLayout layout;
    private final Trainer trainer;
    private final ModelBatches batches;
    private final Map<String, String> entries;

    private Training(Backend backend, GraphicalModel model, RunHeader header, Source source) {
        this.backend = backend;
        this.model = model;
        this.header = header;
        this.entries = RunHeader.entries(model, header.conditioning(), header.settings());
        this.layout = Layouts.of(model, header.settings().model(), header.scales());
        this.batches =
                new ModelBatches(
                        backend,
                        model,
                        header.conditioning(),
                        layout,
                        header.settings().model().folding(),
                        header.seed(),
                        header.settings().training().batch());
        this.trainer = source.open(header.settings().model().network(layout.signature()), layout);
    }

    /** Where the trainer's first state comes from. */
    private interface Source {
        Trainer open(Network network, VariableLayout layout);
    }

    /**
     * Starts a run of so many steps, in the last of which the learning rate falls. The scale of
     * each array is estimated from draws of the prior.
     *
     * @param backend computes; closed by the caller, later than this
     * @param conditioning what is observed of each training example
     * @param seed of every random number of the run
     * @param steps the run will take
     * @throws IllegalArgumentException if the conditioning leaves nothing to infer, or samples
     *     would take more steps than there are noise levels
     */
    public static Training start(
            Backend backend,
            GraphicalModel model,
            Conditioning conditioning,
            RunSettings settings,
            long seed,
            long steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("a run is of 1 step or more; found " + steps);
        }
        Objects.requireNonNull(settings, "settings");
        Falls falls = Falls.atTheEnd(steps, settings.training().decayShare());
        return start(backend, model, conditioning, settings, seed, falls);
    }

    /**
     * Starts a run whose learning rate falls as given, or, with {@link Falls#NONE}, when {@link
     * #follow} says so, as {@link #run(Duration)} does.
     *
     * @throws IllegalArgumentException as the other
     */
    public static Training start(
            Backend backend,
            GraphicalModel model,
            Conditioning conditioning,
            RunSettings settings,
            long seed,
            Falls falls) {
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(conditioning, "conditioning");
        Objects.requireNonNull(settings, "settings");
        if (conditioning.leavesNothing(model, settings.model().folding())) {
            throw new ModelException(
                    "training that observes '%s' leaves nothing to infer: leave out an array"
                            .formatted(conditioning));
        }
        settings.sampler(settings.sampling());
        Map<String, Scale> scales =
                settings.diffusion().scaleValues()
                        ? Scale.estimate(
                                model, RandomStream.fork(RandomStream.seed(seed), Keys.SCALES))
                        : Scale.identities(model);
        RunHeader header = new RunHeader(0, seed, falls, settings, conditioning, scales);
        return new Training(
                backend,
                model,
                header,
                (network, layout) ->
                        Trainer.start(
                                backend,
                                network,
                                settings.process(),
                                LayoutBudget.of(layout),
                                settings.training(seed, falls, layout)));
    }

    /**
     * Goes on where a checkpoint was saved, with the settings it was saved with.
     *
     * @param model the model the run was started with
     * @throws IllegalArgumentException if the checkpoint is of another model, or was trained on
     *     other data from outside
     */
    public static Training resume(Backend backend, GraphicalModel model, Checkpoint checkpoint) {
        RunHeader header = RunHeader.read(checkpoint, model);
        String other = RunHeader.dataDifferences(checkpoint.header(), model);
        if (!other.isEmpty()) {
            throw new IllegalArgumentException(
                    "checkpoint %s: it was trained on other data: %s"
                            .formatted(checkpoint.path(), other));
        }
        RunSettings settings = header.settings();
        return new Training(
                backend,
                model,
                header,
                (network, layout) ->
                        Trainer.resume(
                                backend,
                                network,
                                settings.process(),
                                LayoutBudget.of(layout),
                                settings.training(header.seed(), header.falls(), layout),
                                checkpoint));
    }

    /** What training will take, before anything but the layout is made. */
    public static MemoryEstimate estimate(
            Backend backend, GraphicalModel model, RunSettings settings) {
        VariableLayout layout = Layouts.of(model, settings.model(), Scale.identities(model));
        Network network = settings.model().network(layout.signature());
        return Trainer.estimate(
                backend,
                network,
                settings.process(),
                LayoutBudget.of(layout),
                settings.training(0, Falls.NONE, layout));
    }

    /**
     * Takes one step.
     *
     * @return what it gave; the object is overwritten by the next step
     * @throws gsdm.nn.train.DivergedException if the loss or the gradient is not finite; nothing
     *     has changed then
     * @throws IllegalStateException if this or its backend is closed
     */
    public StepResult step() {
        try (Lifetime.Use _ = lifetime.use()) {
            return trainer.step(layout, batches);
        }
    }

    /** Takes some steps, 0 or more; see {@link #run(long, Predicate)}. */
    public void run(long steps) {
        run(steps, _ -> true);
    }

    /**
     * Takes steps until there are that many more, or a listener has seen enough. Wherever it ends,
     * also with an exception, the run can be saved and go on as if it had not ended.
     *
     * @param steps at most, 0 or more
     * @param goesOn is told what each step gave, in an object that the next one overwrites; false
     *     ends the run
     * @throws CancellationException if the thread is interrupted, which is asked before each step;
     *     its interrupt status is cleared, so that the run can be saved
     * @throws gsdm.nn.train.DivergedException if the loss or the gradient is not finite
     */
    public void run(long steps, Predicate<StepResult> goesOn) {
        Objects.requireNonNull(goesOn, "goesOn");
        if (steps < 0) {
            throw new IllegalArgumentException("steps must be 0 or more; found " + steps);
        }
        for (long i = 0; i < steps; i++) {
            if (Thread.interrupted()) {
                throw new CancellationException(
                        "interrupted after step %d; the run can be saved and go on"
                                .formatted(steps()));
            }
            if (!goesOn.test(step())) {
                return;
            }
        }
    }

    /**
     * Takes steps until a time is over, in the last share of which the learning rate falls. The
     * number of steps depends on the machine; {@link #falls} then tells how to repeat them.
     *
     * @param time from now
     * @throws CancellationException as {@link #run(long, Predicate)}
     */
    public void run(Duration time) {
        Timetable timetable = new Timetable(this, time, Duration.ZERO);
        double[] last = {timetable.spent()};
        run(
                Long.MAX_VALUE,
                _ -> {
                    double before = last[0];
                    last[0] = timetable.spent();
                    return timetable.goesOn(last[0] - before);
                });
    }

    /** When the learning rate falls, as far as that is decided. */
    @Override
    public Falls falls() {
        return trainer.falls();
    }

    /**
     * Lets the learning rate fall otherwise from the next step on.
     *
     * @throws IllegalArgumentException if that would change what has been
     */
    @Override
    public void follow(Falls falls) {
        trainer.follow(falls);
    }

    /** Steps done. */
    @Override
    public long steps() {
        return trainer.step();
    }

    /** What the network knows of the model: names and places of arrays. */
    public VariableLayout layout() {
        return layout;
    }

    /** The settings of the run. */
    public RunSettings settings() {
        return header.settings();
    }

    /** What is observed of each training example. */
    public Conditioning conditioning() {
        return header.conditioning();
    }

    /** How many numbers are trained. */
    public long parameterCount() {
        return header.settings().model().network(layout.signature()).parameters().count();
    }

    /** Floating-point operations of a step's matrix products and attention. */
    public long flopsPerStep() {
        return trainer.flopsPerStep(layout);
    }

    /** Bytes of parameters, activations and workspace. */
    public long bytesReserved() {
        return trainer.bytesReserved();
    }

    /** Writes a checkpoint to a file, whole or not at all. */
    public void save(Path file) {
        try (Lifetime.Use _ = lifetime.use()) {
            Checkpoint.write(file, trainer.header(entries), trainer.trainingState());
        }
    }

    /** Adds a checkpoint to a folder of them. */
    public Path save(CheckpointStore store) {
        try (Lifetime.Use _ = lifetime.use()) {
            return store.save(trainer.header(entries), trainer.trainingState());
        }
    }

    /** The model as trained so far, unchanged by further steps. */
    public Posterior posterior(WeightKind kind, SamplingSettings sampling) {
        RunHeader now =
                new RunHeader(
                        steps(),
                        header.seed(),
                        falls(),
                        header.settings(),
                        header.conditioning(),
                        header.scales());
        try (Lifetime.Use _ = lifetime.use()) {
            return Posterior.open(
                    backend,
                    model,
                    layout,
                    now,
                    sampling,
                    weights -> trainer.copyWeights(kind, weights));
        }
    }

    @Override
    public String toString() {
        String of = falls().equals(Falls.NONE) ? "" : " of " + falls().end();
        return "Training[step %d%s, observed: %s, %s]"
                .formatted(steps(), of, conditioning(), model);
    }

    /** Frees its memory, once a step in progress has ended. */
    @Override
    public void close() {
        lifetime.close(trainer::close);
    }
}
