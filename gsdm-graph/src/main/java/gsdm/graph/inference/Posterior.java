package gsdm.graph.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import gsdm.graph.model.Conditioning;
import gsdm.graph.model.Folding;
import gsdm.graph.model.GraphicalModel;
import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.BoundLayout;
import gsdm.nn.network.MemoryEstimate;
import gsdm.nn.network.Network;
import gsdm.nn.network.WeightKind;
import gsdm.nn.network.Weights;
import gsdm.nn.sample.BatchFollower;
import gsdm.nn.sample.Query;
import gsdm.nn.sample.Sampler;
import gsdm.nn.sample.SamplerConfig;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.random.RandomStream;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A trained model that answers posterior queries: given some nodes, it samples the others. Safe for
 * any number of threads; closing it waits for the queries in progress.
 */
public final class Posterior implements AutoCloseable {
    /** Nodes times samples that are computed at a time: enough rows for the matmuls to be fast. */
    private static final int ROWS = 16_384;

    private static final int MOST_SAMPLES = 1_024;
    private static final int MOST_VALUES = Integer.MAX_VALUE - 8;
    private static final String OBSERVATIONS = "observations";
    private static final System.Logger LOGGER = System.getLogger(Posterior.class.getName());

    private final Lifetime lifetime = new Lifetime("the posterior");
    private final Backend backend;
    private final GraphicalModel model;
    private final RunHeader header;
    private final VariableLayout layout;
    private final Diffusion diffusion;
    private final SamplerConfig sampling;
    private final int sweepCount;
    private final Optional<Sweeps> sweeps;
    private final ValueCodec codec;
    private final Weights weights;
    private final BoundLayout bound;
    private final int batch;
    private final ConcurrentLinkedQueue<Sampler> idle = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Folder> folders = new ConcurrentLinkedQueue<>();
    private final Set<Observed> known = ConcurrentHashMap.newKeySet();
    private final Set<Observations> measured =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private final ConcurrentLinkedQueue<String> untold = new ConcurrentLinkedQueue<>();

    private Posterior(
            Backend backend,
            GraphicalModel model,
            VariableLayout layout,
            RunHeader header,
            SamplingSettings sampling) {
        this.backend = Objects.requireNonNull(backend, "backend");
        this.model = model;
        this.layout = layout;
        this.header = header;
        this.sampling = header.settings().sampler(Objects.requireNonNull(sampling, "sampling"));
        this.sweepCount = header.settings().sweeps(sampling);
        this.sweeps =
                sweepCount == 0
                        ? Optional.empty()
                        : Layouts.moves(model, header.conditioning())
                                .map(moves -> new Sweeps(moves, layout, sweepCount));
        this.batch = batch(model.nodeCount());
        this.diffusion = header.settings().process();
        this.codec = new ValueCodec(layout);
        Network network = header.settings().model().network(layout.signature());
        this.weights = new Weights(backend, network);
        try {
            this.bound = new BoundLayout(backend, network, layout);
        } catch (RuntimeException | Error failure) {
            weights.close();
            throw failure;
        }
    }

    private static int batch(int nodes) {
        return Math.clamp(ROWS / nodes, 1, MOST_SAMPLES);
    }

    /**
     * What a posterior will take while one thread samples, before anything is allocated.
     *
     * @param whole of the model's layout
     */
    static MemoryEstimate estimate(
            Backend backend, Network network, LayoutBudget whole, RunSettings settings) {
        return Sampler.estimate(
                backend,
                network,
                settings.process(),
                whole,
                settings.sampler(settings.sampling()),
                batch(whole.nodes()));
    }

    /**
     * Loads the averaged weights of a checkpoint, with the sampling settings it was saved with.
     *
     * @param backend computes; closed by the caller, later than this
     * @param model the model that was trained
     * @throws gsdm.nn.checkpoint.CheckpointException if the file is damaged or no checkpoint
     * @throws IllegalArgumentException if the checkpoint is of another model; other data from
     *     outside is among the {@link #warnings()}
     */
    public static Posterior load(Backend backend, GraphicalModel model, Path checkpoint) {
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(checkpoint, "checkpoint");
        try (Checkpoint file = Checkpoint.open(checkpoint)) {
            RunHeader header = RunHeader.read(file, model);
            return load(backend, model, file, WeightKind.EMA, header.settings().sampling());
        }
    }

    /** Loads either kind of weights from an open checkpoint; see {@link #load}. */
    public static Posterior load(
            Backend backend,
            GraphicalModel model,
            Checkpoint checkpoint,
            WeightKind kind,
            SamplingSettings sampling) {
        RunHeader header = RunHeader.read(checkpoint, model);
        VariableLayout layout = Layouts.of(model, header.settings().model(), header.scales());
        Posterior posterior =
                open(
                        backend,
                        model,
                        layout,
                        header,
                        sampling,
                        weights -> checkpoint.read(kind, weights));
        String other = RunHeader.dataDifferences(checkpoint.header(), model);
        if (!other.isEmpty()) {
            posterior.untold.add(
                    "%s was trained on other data: %s".formatted(checkpoint.path(), other));
        }
        return posterior;
    }

    /**
     * A posterior with the weights that {@code source} writes.
     *
     * @param layout of the model, with the scales of the header
     * @param source fills weights that are all zeros
     */
    static Posterior open(
            Backend backend,
            GraphicalModel model,
            VariableLayout layout,
            RunHeader header,
            SamplingSettings sampling,
            Consumer<Weights> source) {
        Posterior posterior = new Posterior(backend, model, layout, header, sampling);
        try {
            source.accept(posterior.weights);
            return posterior;
        } catch (RuntimeException | Error failure) {
            posterior.close();
            throw failure;
        }
    }

    /** The model. */
    public GraphicalModel model() {
        return model;
    }

    /** What training observed. */
    public Conditioning conditioning() {
        return header.conditioning();
    }

    /** Steps of training behind the weights. */
    public long step() {
        return header.step();
    }

    /**
     * Refuses what is of another model, which may lie otherwise in memory.
     *
     * @throws IllegalArgumentException with what differs
     */
    void requireSame(String what, GraphicalModel other) {
        if (other == model) {
            return;
        }
        String differences = model.identity().differences(other.identity());
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException(
                    "the %s are of another model than the posterior: %s"
                            .formatted(what, differences));
        }
    }

    /** Whether training ever observed what a case observes; if not, samples may be far off. */
    public boolean covers(Observations observations, int index) {
        requireSame(OBSERVATIONS, observations.model());
        return conditioning().covers(model, observations.whole(index), observations.partly(index));
    }

    /** What to know of the weights. Each is told once; {@link #sample} logs what was not told. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        for (String each = untold.poll(); each != null; each = untold.poll()) {
            warnings.add(each);
        }
        return warnings;
    }

    /**
     * What to know before sampling: a sentence for each set of arrays that is observed together,
     * leaves something to infer, and never was in training, and for each array that has values far
     * outside what the model gives. Each is told once; {@link #sample} logs those not asked for
     * before.
     */
    public List<String> warnings(Observations observations) {
        requireSame(OBSERVATIONS, observations.model());
        List<String> warnings = warnings();
        for (int i = 0; i < observations.count(); i++) {
            Observed observed = new Observed(observations.whole(i), observations.partly(i));
            if (known.add(observed)
                    && !leavesNothing(observed)
                    && !conditioning().covers(model, observed.whole, observed.partly)) {
                warnings.add(
                        "training never observed %s (it observed %s): samples may be far off"
                                .formatted(observed, conditioning()));
            }
        }
        if (measured.add(observations)) {
            warnings.addAll(observations.outliers(header.scales()));
        }
        return warnings;
    }

    private boolean leavesNothing(Observed observed) {
        return Conditioning.fixed(observed.whole.toArray(String[]::new))
                .leavesNothing(model, header.settings().model().folding());
    }

    /** The arrays that a case observes. */
    private record Observed(Set<String> whole, Set<String> partly) {
        @Override
        public String toString() {
            List<String> all = new ArrayList<>(whole);
            partly.forEach(array -> all.add("parts of " + array));
            return all.isEmpty() ? "nothing at all" : "just " + String.join(" and ", all);
        }
    }

    /**
     * Samples the unobserved nodes given the observed ones; with folding, those whose value follows
     * have that value in every sample. Where the model has noise to move, the settings' Gibbs
     * sweeps take what the network gave to the posterior, or nearer, except of cases that leave
     * open a function that training always observed. Logs {@link #warnings}.
     *
     * @param perCase samples for each case, 1 or more
     * @param seed the same seed, weights and observations give the same samples
     * @throws IllegalArgumentException if the observations are of another model
     * @throws gsdm.nn.sample.NotFiniteException if a value that is sampled is not finite
     * @throws CancellationException if the thread is interrupted, which is asked before each step
     *     of sampling; its interrupt status is cleared
     * @throws IllegalStateException if this or its backend is closed
     */
    public Samples sample(Observations observations, int perCase, long seed) {
        return sample(observations, perCase, seed, done -> {});
    }

    /**
     * As {@link #sample(Observations, int, long)}, telling how far it is.
     *
     * @param progress is told the number of samples drawn, from time to time; cannot close this
     */
    public Samples sample(Observations observations, int perCase, long seed, IntConsumer progress) {
        Objects.requireNonNull(observations, "observations");
        Objects.requireNonNull(progress, "progress");
        try (Lifetime.Use _ = lifetime.use()) {
            warnings(observations).forEach(Posterior::log);
            int total = total(observations.count(), perCase);
            float[] results = new float[Math.multiplyExact(total, model.nodeCount())];
            Cases cases =
                    (index, example, known, observed) ->
                            observations.write(index, codec, example, known, observed);
            Query query = query(cases, 0, perCase, seed, results);
            Sampler sampler = borrow();
            try {
                for (int done = 0; done < total; done += batch) {
                    int now = Math.min(batch, total - done);
                    sampler.sample(seed, done, now, query);
                    progress.accept(done + now);
                }
            } finally {
                idle.add(sampler);
            }
            return new Samples(model, observations.count(), perCase, results);
        }
    }

    /** What is observed, case by case. */
    @FunctionalInterface
    interface Cases {
        /**
         * Writes a case where a sampler reads it; called by several threads at a time.
         *
         * @param example which one it is there
         * @param known [B, X] receives the values; those of unobserved nodes are not read
         * @param observed [B, N] receives 1 where a node is observed, else 0
         */
        void write(int index, int example, MemorySegment known, MemorySegment observed);
    }

    /**
     * As {@link #sample}, one sample of each of some cases that the model itself gave: that is not
     * to be warned of.
     *
     * @param first the number of the first sample: it is the one that {@link #sample} draws there
     * @param count of the cases, {@link #batch} at most
     * @param follower is told of each step
     */
    Samples sampleFresh(Cases cases, int first, int count, long seed, BatchFollower follower) {
        try (Lifetime.Use _ = lifetime.use()) {
            warnings().forEach(Posterior::log);
            float[] results = new float[Math.multiplyExact(count, model.nodeCount())];
            Sampler sampler = borrow();
            try {
                sampler.sample(seed, first, count, query(cases, first, 1, seed, results), follower);
            } finally {
                idle.add(sampler);
            }
            return new Samples(model, count, 1, results);
        }
    }

    /** How many samples are drawn at a time. */
    int batch() {
        return batch;
    }

    /**
     * Hexadecimal digits that tell what is sampled here from anything else: the model, the weights,
     * how they are sampled, and what computes.
     *
     * @param what is done with it
     */
    String fingerprint(String what) {
        MessageDigest digest = sha256();
        weights.digest(digest);
        new TreeMap<>(RunHeader.entries(model, conditioning(), header.settings()))
                .forEach((key, value) -> digest.update((key + "=" + value + "\n").getBytes(UTF_8)));
        digest.update(
                (backend.name()
                                + step()
                                + header.scales()
                                + sampling
                                + " "
                                + sweepCount
                                + " "
                                + what)
                        .getBytes(UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Between the model's values and the network's. */
    ValueCodec codec() {
        return codec;
    }

    private static void log(String warning) {
        LOGGER.log(Level.WARNING, warning);
    }

    /** What is observed of samples, and where they go: {@code results} [count, N]. */
    private Query query(Cases cases, int first, int perCase, long seed, float... results) {
        long key = RandomStream.fork(RandomStream.seed(seed), Keys.SAMPLED_SWEEPS);
        return new Query() {
            @Override
            public void observe(
                    long number, int example, MemorySegment known, MemorySegment observed) {
                cases.write((int) (number - first) / perCase, example, known, observed);
                if (header.settings().model().folding()) {
                    fold(example, known, observed);
                }
            }

            @Override
            public void take(
                    long number, int example, MemorySegment values, MemorySegment observed) {
                int at = (int) (number - first) * model.nodeCount();
                codec.decode(values, example, results, at);
                sweeps.ifPresent(of ->
                        of.move(results, at, observed, example, RandomStream.fork(key, number)));
            }
        };
    }

    /** What a thread folds an example with. */
    private record Folder(Folding folding, float[] values) {} // values [N]

    /** Adds to what is observed of an example what follows from it. */
    private void fold(int example, MemorySegment known, MemorySegment observed) {
        Folder idle = folders.poll();
        Folder folder = idle != null ? idle : new Folder(model.folding(), new float[codec.nodes()]);
        codec.decode(known, example, folder.values, 0);
        folder.folding.fold(folder.values, observed, (long) example * codec.nodes());
        codec.encode(folder.values, known, example);
        folders.add(folder);
    }

    private int total(int cases, int perCase) {
        if (perCase < 1) {
            throw new IllegalArgumentException(
                    "samples of each case must be 1 or more; found " + perCase);
        }
        long total = (long) cases * perCase;
        if (total > MOST_VALUES / model.nodeCount()) {
            throw new IllegalArgumentException(
                    "%d samples of %d nodes are too many for one array: draw fewer at a time"
                            .formatted(total, model.nodeCount()));
        }
        return (int) total;
    }

    private Sampler borrow() {
        Sampler sampler = idle.poll();
        return sampler != null
                ? sampler
                : Sampler.open(backend, diffusion, bound, weights, sampling, batch);
    }

    @Override
    public String toString() {
        return "Posterior[step %d, observed: %s, %s]".formatted(step(), conditioning(), model);
    }

    /**
     * Frees its memory, once the queries in progress have been answered.
     *
     * @throws IllegalStateException if this thread is in a query: in what is told of its progress
     */
    @Override
    public void close() {
        lifetime.close(() -> {
            idle.forEach(Sampler::close);
            weights.close();
            bound.close();
        });
    }
}
