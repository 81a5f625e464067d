package gsdm.graph.inference;

import gsdm.graph.gibbs.Moves;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.ModelException;
import gsdm.graph.model.Scale;
import gsdm.graph.subgraph.Budget;
import gsdm.graph.subgraph.SubgraphSampler;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.CheckpointStore;
import gsdm.nn.checkpoint.Falls;
import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.MemoryEstimate;
import gsdm.nn.network.Network;
import gsdm.nn.network.WeightKind;
import gsdm.nn.train.BatchSource;
import gsdm.nn.train.StepResult;
import gsdm.nn.train.Trainer;
import gsdm.nn.train.TrainingConfig;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.random.RandomStream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The training of a network for a graphical model, on examples drawn from the model itself. A run
 * is a function of model, conditioning, settings, seed and falls of the learning rate: the number
 * of threads, and being saved and resumed, change no bit. For one thread at a time.
 */
public final class Training implements Timetable.Plan, AutoCloseable {
    private static final double NANOS = 1e9;

    private final Lifetime lifetime = new Lifetime("the training");
    private final Backend backend;
    private final GraphicalModel model;
    private final RunHeader header;
    private final List<ArrayLayout> arrays;
    private final Network network;
    private final StepSource source;
    private final Trainer trainer;
    private final Map<String, String> entries;
    private VariableLayout layout; // null until it is asked for
    private StepData data; // of the last step; null before the first
    private long waited; // nanoseconds for it

    private Training(Backend backend, GraphicalModel model, RunHeader header, Opening opening) {
        this.backend = backend;
        this.model = model;
        this.header = header;
        RunSettings settings = header.settings();
        this.entries = RunHeader.entries(model, header.conditioning(), settings);
        this.arrays = Layouts.arrays(model.layout(), header.scales());
        this.network = network(model, header);
        header.conditioning().sampler(model); // refuses an array that there is not
        Optional<Moves> moves = moves(model, header);
        this.source =
                pool(backend, model, header)
                        .<StepSource>map(Subgraphs::new)
                        .orElseGet(() ->
                                new WholeGraph(whole(backend, model, header, layout(), moves)));
        try {
            this.trainer =
                    opening.open(
                            network,
                            source.room(),
                            settings.training(
                                    header.seed(), header.falls(), arrays, moves.isPresent()));
        } catch (RuntimeException | Error failure) {
            source.close();
            throw failure;
        }
    }

    /** Where the trainer's first state comes from. */
    private interface Opening {
        Trainer open(Network network, LayoutBudget room, TrainingConfig config);
    }

    private static Network network(GraphicalModel model, RunHeader header) {
        ModelSettings settings = header.settings().model();
        return settings.network(Layouts.signature(model, settings.embedding(), header.scales()));
    }

    /** What Gibbs samplers move to refine the targets of a run; empty where they are drawn. */
    private static Optional<Moves> moves(GraphicalModel model, RunHeader header) {
        TrainingSettings training = header.settings().training();
        return training.gibbsSweeps() == 0 || training.subgraph() != SubgraphKind.NONE
                ? Optional.empty()
                : Layouts.moves(model, header.conditioning());
    }

    private static StepData whole(
            Backend backend,
            GraphicalModel model,
            RunHeader header,
            VariableLayout layout,
            Optional<Moves> moves) {
        BatchSource drawn = ModelBatches.of(backend, model, layout, header);
        return new StepData(
                layout,
                moves.<BatchSource>map(of -> new RefinedBatches(backend, drawn, of, layout, header))
                        .orElse(drawn));
    }

    /** The subgraphs of a run; empty where steps are of the whole graph. */
    private static Optional<SubgraphPool> pool(
            Backend backend, GraphicalModel model, RunHeader header) {
        TrainingSettings training = header.settings().training();
        return training.subgraph()
                .sampler()
                .map(kind -> {
                    int budget = new Budget(training.budget()).nodes(model.nodeCount());
                    SubgraphMaker maker = maker(kind, backend, model, header);
                    return new SubgraphPool(model, kind, budget, maker, header);
                });
    }

    private static SubgraphMaker maker(
            SubgraphSampler.Kind kind, Backend backend, GraphicalModel model, RunHeader header) {
        return switch (kind) {
            case PLATE -> new PlateParts(backend, header);
            case KHOP, NODE -> {
                VariableLayout whole =
                        Layouts.of(model, header.settings().model(), header.scales());
                yield new NodeParts(whole, ModelBatches.of(backend, model, whole, header));
            }
        };
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
                (network, room, config) ->
                        Trainer.start(backend, network, settings.process(), room, config));
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
        Diffusion process = header.settings().process();
        return new Training(
                backend,
                model,
                header,
                (network, room, config) ->
                        Trainer.resume(backend, network, process, room, config, checkpoint));
    }

    /**
     * How large a run will be, before anything but layouts is made.
     *
     * @param conditioning what is observed of each training example
     * @param seed of the run, which decides what its subgraphs are
     */
    public static TrainingSize size(
            Backend backend,
            GraphicalModel model,
            Conditioning conditioning,
            RunSettings settings,
            long seed) {
        Map<String, Scale> scales = Scale.identities(model);
        RunHeader header = new RunHeader(0, seed, Falls.NONE, settings, conditioning, scales);
        Network network = network(model, header);
        Optional<SubgraphPool> pool = pool(backend, model, header);
        LayoutBudget whole =
                pool.isPresent()
                        ? PartSizes.of(model, settings.model().readsDefinitions())
                        : LayoutBudget.of(Layouts.of(model, settings.model(), scales));
        LayoutBudget room = pool.map(SubgraphPool::room).orElse(whole);
        boolean refined = moves(model, header).isPresent();
        List<ArrayLayout> arrays = Layouts.arrays(model.layout(), scales);
        Function<RunSettings, MemoryEstimate> memory =
                of ->
                        Trainer.estimate(
                                backend,
                                network,
                                of.process(),
                                room,
                                of.training(seed, Falls.NONE, arrays, refined));
        return new TrainingSize(
                room,
                network.parameters().count(),
                memory.apply(settings),
                memory.apply(settings.with(settings.training().withRecompute(true))),
                Posterior.estimate(backend, network, whole, settings),
                pool.map(SubgraphPool::surveyed).orElse(0),
                pool.map(SubgraphPool::outside).orElse(0));
    }

    /**
     * Takes one step.
     *
     * @return what it gave; the object is overwritten by the next step
     * @throws gsdm.nn.train.DivergedException if the loss or the gradient is not finite; nothing
     *     has changed then
     * @throws CancellationException if the thread is interrupted while a subgraph is prepared; its
     *     interrupt status is cleared
     * @throws IllegalStateException if this or its backend is closed
     */
    public StepResult step() {
        try (Lifetime.Use _ = lifetime.use()) {
            long start = System.nanoTime();
            data = source.at(steps() + 1);
            waited = System.nanoTime() - start;
            return trainer.step(data.layout(), data.examples());
        }
    }

    /** Seconds in which the last step had no data to work on. */
    public double preparationSeconds() {
        return (waited + trainer.preparationNanos()) / NANOS;
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
     * number of steps depends on the machine; {@link #falls} then tells how to repeat them. A fall
     * that was planned and has not begun is replaced, one that has is revised.
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

    /** The arrays of the model in the order of their nodes. */
    public List<ArrayLayout> arrays() {
        return List.copyOf(arrays);
    }

    /** What the network knows of the whole model; made when it is first asked for. */
    public VariableLayout layout() {
        if (layout == null) {
            layout = Layouts.of(model, header.settings().model(), header.scales());
        }
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
        return network.parameters().count();
    }

    /**
     * Floating-point operations of the matrix products and attention of a step: of the last one, or
     * of one over the whole model.
     */
    public long flopsPerStep() {
        return trainer.flopsPerStep(data == null ? layout() : data.layout());
    }

    /** The same of the matrix products alone. */
    public long matmulFlopsPerStep() {
        return trainer.matmulFlopsPerStep(data == null ? layout() : data.layout());
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
                    layout(),
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
        lifetime.close(() -> {
            source.close();
            trainer.close();
        });
    }
}
