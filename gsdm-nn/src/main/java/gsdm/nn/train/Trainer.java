package gsdm.nn.train;

import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.CheckpointHeader;
import gsdm.nn.checkpoint.Falls;
import gsdm.nn.checkpoint.TrainingState;
import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.diffusion.Streams;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.Dims;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.MemoryEstimate;
import gsdm.nn.network.Network;
import gsdm.nn.network.WeightKind;
import gsdm.nn.network.Weights;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.StepState;
import gsdm.tensor.program.Work;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Trains a network, on whatever layouts of its signature fit into a budget. A step is two programs
 * over shared blocks: <em>gradients</em> (noising, forward, loss, backward) and <em>update</em>
 * (norm, clip, Adam or Muon, moving average), which writes nothing where the norm or the loss is
 * not finite.
 *
 * <p>A step can be taken apart, for trainers that each have a part of a batch: {@link #draw}, whose
 * counts are summed over the parts, {@link #gradients}, after which gradients are, and {@link
 * #update}.
 *
 * <p>A step is a function of (state, seed, its number, the batch), so a run that is resumed from a
 * checkpoint gives the same bits as one that was never stopped. Noise is drawn for nodes by their
 * place in the whole model, whatever layout they come in. A step allocates nothing, but where its
 * layout is another than the last one's. For one thread at a time.
 */
public final class Trainer implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    /** What has been done of the step after the last whole one. */
    private enum Phase {
        NOTHING,
        DRAWN,
        DIFFERENTIATED
    }

    private final Lifetime lifetime = new Lifetime("the trainer");
    private final Backend backend;
    private final Network network;
    private final TrainingConfig config;
    private final TrainingBlocks blocks;
    private final Extents reserve;
    private final Memory memory;
    private final Program gradientProgram;
    private final Executable gradients;
    private final Executable update;
    private final Draws draws;
    private final long[] exampleCounts; // [B, A]
    private final long[] counts; // [A]
    private final IntConsumer countExample = this::countExample;
    private final StepResult result;
    private LearningRate learningRate;
    private Batch batch = new Batch(BatchPart.whole(1), MemorySegment.NULL, MemorySegment.NULL);
    private VariableLayout bound; // null before the first step
    private BatchSource source; // of the batch
    private int[] sizes = {};
    private Phase phase = Phase.NOTHING;
    private long preparation;
    private long step;

    /**
     * A new run, from initial parameters.
     *
     * @param budget the largest layouts it will see
     * @throws IllegalArgumentException if the objective does not suit the network
     */
    public static Trainer start(
            Backend backend,
            Network network,
            Diffusion diffusion,
            LayoutBudget budget,
            TrainingConfig config) {
        return open(
                new Trainer(backend, network, diffusion, budget, config),
                trainer -> {
                    long seed = RandomStream.seed(config.seed());
                    network.parameters()
                            .initialise(
                                    trainer.memory, RandomStream.fork(seed, Streams.PARAMETERS));
                    trainer.memory.copy(trainer.blocks.parameters, trainer.blocks.average);
                });
    }

    /**
     * A run that goes on where a checkpoint was written.
     *
     * @param budget the largest layouts it will see
     * @throws IllegalArgumentException if seed, falls or scales are not those of the checkpoint, or
     *     the objective does not suit the network
     * @throws gsdm.nn.checkpoint.CheckpointException if it does not fit the network
     */
    public static Trainer resume(
            Backend backend,
            Network network,
            Diffusion diffusion,
            LayoutBudget budget,
            TrainingConfig config,
            Checkpoint checkpoint) {
        CheckpointHeader header = checkpoint.header();
        CheckpointHeader expected =
                header(header.step(), config, config.learningRate(), network, header.config());
        if (!header.equals(expected)) {
            throw new IllegalArgumentException(
                    ("the checkpoint belongs to another run: it has seed %d, falls '%s', scales"
                                    + " %s; found seed %d, falls '%s', scales %s")
                            .formatted(
                                    header.seed(),
                                    header.falls(),
                                    header.scales(),
                                    expected.seed(),
                                    expected.falls(),
                                    expected.scales()));
        }
        return open(
                new Trainer(backend, network, diffusion, budget, config),
                trainer -> {
                    checkpoint.read(trainer.trainingState());
                    trainer.step = header.step();
                });
    }

    private static Trainer open(Trainer trainer, Consumer<Trainer> firstState) {
        try {
            firstState.accept(trainer);
            return trainer;
        } catch (RuntimeException | Error failure) {
            trainer.close();
            throw failure;
        }
    }

    /** What a trainer made of these will take, before anything is allocated. */
    public static MemoryEstimate estimate(
            Backend backend,
            Network network,
            Diffusion diffusion,
            LayoutBudget budget,
            TrainingConfig config) {
        TrainingBlocks blocks = new TrainingBlocks(network, config.refined());
        return MemoryEstimate.of(
                backend,
                blocks.lasting(),
                blocks.ofAStep(),
                List.of(
                        gradientProgram(blocks, diffusion, config),
                        blocks.updateProgram(config.optimizer())),
                reserve(network, budget, config));
    }

    private static Program gradientProgram(
            TrainingBlocks blocks, Diffusion diffusion, TrainingConfig config) {
        return blocks.gradientProgram(
                diffusion.parameterisation(), config.objective(), config.recompute());
    }

    private static Extents reserve(Network network, LayoutBudget budget, TrainingConfig config) {
        return Dims.of(network.signature(), budget, config.batch().examples());
    }

    private Trainer(
            Backend backend,
            Network network,
            Diffusion diffusion,
            LayoutBudget budget,
            TrainingConfig config) {
        this.backend = backend;
        this.network = network;
        this.config = config;
        this.learningRate = config.learningRate();
        this.blocks = new TrainingBlocks(network, config.refined());
        this.reserve = reserve(network, budget, config);
        this.gradientProgram = gradientProgram(blocks, diffusion, config);
        this.draws = new Draws(diffusion, network.signature(), config, blocks);
        int arrays = network.signature().arrays().size();
        this.exampleCounts = new long[config.batch().examples() * arrays];
        this.counts = new long[arrays];
        this.result = new StepResult(arrays, this::readLosses);
        this.memory = backend.allocate(reserve, blocks.all());
        Executable first = null;
        try {
            first = backend.compile(gradientProgram, memory, reserve);
            this.update =
                    backend.compile(blocks.updateProgram(config.optimizer()), memory, Extents.NONE);
        } catch (RuntimeException | Error failure) {
            if (first != null) {
                first.close();
            }
            memory.close();
            throw failure;
        }
        this.gradients = first;
    }

    /**
     * Takes one step.
     *
     * @param layout of the examples; bound if it is another object than that of the last step
     * @return what it gave; the object is overwritten by the next step
     * @throws IllegalArgumentException if the layout has another signature than the network, or
     *     does not fit into the budget
     * @throws DivergedException if the loss or the gradient is not finite; nothing has changed then
     * @throws IllegalStateException if the trainer or its backend is closed
     */
    public StepResult step(VariableLayout layout, BatchSource source) {
        try (Lifetime.Use _ = lifetime.use()) {
            takePart(layout, source);
            differentiate(counts);
            return end();
        }
    }

    /**
     * Begins a step: takes this trainer's part of the batch.
     *
     * @param layout of the examples; bound if it is another object than that of the last step
     * @param source asked again by {@link #gradients}, where it refines targets
     * @return [A] how many unobserved values each array has in it, to be summed over the parts; the
     *     array is overwritten by the next step
     */
    public long[] draw(VariableLayout layout, BatchSource source) {
        try (Lifetime.Use _ = lifetime.use()) {
            takePart(layout, source);
            return counts;
        }
    }

    private void takePart(VariableLayout layout, BatchSource source) {
        phase = Phase.NOTHING;
        long start = System.nanoTime();
        bind(layout);
        MemorySegment values = memory.write(blocks.values);
        MemorySegment observed = memory.write(blocks.observed);
        if (!values.equals(batch.values()) || !observed.equals(batch.observed())) {
            batch = new Batch(config.batch(), values, observed);
        }
        this.source = source;
        source.fill(step + 1, batch);
        count();
        preparation = System.nanoTime() - start;
        phase = Phase.DRAWN;
    }

    private void bind(VariableLayout layout) {
        if (layout != bound) {
            bound = null;
            blocks.layout.bind(layout, memory, reserve);
            sizes = Dims.of(layout, config.batch().examples()).toArray();
            bound = layout;
        }
    }

    /** Counts unobserved values, on all threads. */
    private void count() {
        backend.share(batch.examples(), countExample);
        for (int a = 0; a < counts.length; a++) {
            counts[a] = 0;
            for (int b = 0; b < batch.examples(); b++) {
                counts[a] += exampleCounts[b * counts.length + a];
            }
        }
    }

    private void countExample(int b) {
        MemorySegment observed = batch.observed();
        List<ArrayLayout> arrays = bound.arrays();
        for (int a = 0; a < arrays.size(); a++) {
            ArrayLayout array = arrays.get(a);
            long first = (long) b * bound.nodes() + array.nodeOffset();
            long count = 0;
            for (long n = first; n < first + array.nodes(); n++) {
                count += observed.getAtIndex(FLOAT, n) == 0 ? 1 : 0;
            }
            exampleCounts[b * counts.length + a] = count * array.options();
        }
    }

    /**
     * Computes the gradients of the part of the batch drawn.
     *
     * @param wholeCounts [A] the counts of {@link #draw}, summed over the parts of the batch
     * @return what the part gave, but for the norm of the gradient; the object is overwritten by
     *     the next step
     * @throws IllegalStateException if nothing was drawn, or this or its backend is closed
     */
    public StepResult gradients(long[] wholeCounts) {
        try (Lifetime.Use _ = lifetime.use()) {
            differentiate(wholeCounts);
            return result;
        }
    }

    private void differentiate(long[] wholeCounts) {
        begin(Phase.DRAWN, "gradients are computed of what was drawn");
        long number = step + 1;
        draws.write(number, wholeCounts, memory);
        if (config.refined()) {
            long start = System.nanoTime();
            source.refine(batch, draws.noising(), memory.write(blocks.refined));
            preparation += System.nanoTime() - start;
        }
        gradients.run(sizes);
        result.begin(number, learningRate.at(number));
        for (int b = 0; b < batch.examples(); b++) {
            for (int a = 0; a < counts.length; a++) {
                result.values(a, draws.band(b), exampleCounts[b * counts.length + a]);
            }
        }
        phase = Phase.DIFFERENTIATED;
    }

    private void readLosses(StepResult to) {
        MemorySegment losses = memory.read(blocks.loss.losses());
        for (int a = 0; a < counts.length; a++) {
            to.loss(losses.getAtIndex(FLOAT, a));
        }
        MemorySegment errors = memory.read(blocks.loss.errors());
        for (int b = 0; b < batch.examples(); b++) {
            for (int a = 0; a < counts.length; a++) {
                int at = b * counts.length + a;
                to.errors(a, draws.band(b), errors.getAtIndex(FLOAT, at));
            }
        }
    }

    /** The gradients of the part of the batch, all of them; not to be written. */
    public MemorySegment readGradients() {
        return memory.read(blocks.gradients);
    }

    /** Where to write the gradients of the whole batch, all of them, before {@link #update}. */
    public MemorySegment writeGradients() {
        return memory.write(blocks.gradients);
    }

    /**
     * Ends a step with the gradients there are.
     *
     * @return what the step gave; the object is overwritten by the next step
     * @throws DivergedException if the gradient, or the loss of this part, is not finite; nothing
     *     has changed here then
     * @throws IllegalStateException if no gradients were computed, or this or its backend is closed
     */
    public StepResult update() {
        try (Lifetime.Use _ = lifetime.use()) {
            return end();
        }
    }

    private StepResult end() {
        begin(Phase.DIFFERENTIATED, "an update follows gradients");
        writeState(result.step(), result.learningRate());
        update.run();
        MemorySegment state = memory.read(blocks.state);
        if (state.getAtIndex(FLOAT, StepState.REFUSED) != 0) {
            boolean finite = Double.isFinite(result.loss());
            throw new DivergedException(result.step(), finite ? "the gradient" : "the loss");
        }
        result.end(Math.sqrt(state.getAtIndex(FLOAT, StepState.SQUARED_NORM)));
        step = result.step();
        return result;
    }

    /** Goes on where that has been done; wherever it fails, the step begins anew. */
    private void begin(Phase expected, String rule) {
        if (phase != expected) {
            throw new IllegalStateException(rule + "; found a step of which " + phase + " is done");
        }
        phase = Phase.NOTHING;
    }

    private void writeState(long number, double rate) {
        MemorySegment state = memory.write(blocks.state);
        set(state, StepState.LEARNING_RATE, rate);
        set(state, StepState.BETA1, config.beta1());
        set(state, StepState.BETA2, config.beta2());
        set(state, StepState.EPSILON, config.epsilon());
        set(state, StepState.BIAS_CORRECTION1, 1 - StrictMath.pow(config.beta1(), number));
        set(state, StepState.BIAS_CORRECTION2, 1 - StrictMath.pow(config.beta2(), number));
        set(state, StepState.CLIP_NORM, config.clipNorm());
        set(state, StepState.EMA_DECAY, config.emaDecayAt(number));
        set(state, StepState.MOMENTUM, config.momentum());
    }

    private static void set(MemorySegment state, int entry, double value) {
        state.setAtIndex(FLOAT, entry, (float) value);
    }

    /**
     * Nanoseconds in which the last step bound its layout, took its part of the batch and refined
     * it.
     */
    public long preparationNanos() {
        return preparation;
    }

    /** When the learning rate falls, as far as that is decided. */
    public Falls falls() {
        return learningRate.falls();
    }

    /**
     * Lets the learning rate fall otherwise from the next step on.
     *
     * @throws IllegalArgumentException if that would change what has been
     */
    public void follow(Falls falls) {
        Falls been = falls().before(step);
        if (!falls.before(step).equals(been)) {
            throw new IllegalArgumentException(
                    "the learning rate fell as '%s' before step %d; found '%s'"
                            .formatted(been, step, falls));
        }
        learningRate = learningRate.with(falls);
    }

    /** Steps done. */
    public long step() {
        return step;
    }

    /** Copies the present weights, for samplers. */
    public void copyWeights(WeightKind kind, Weights to) {
        to.copyFrom(
                switch (kind) {
                    case EMA -> blocks.average;
                    case RAW -> blocks.parameters;
                },
                memory);
    }

    /**
     * What a checkpoint of this run says.
     *
     * @param entries whatever the caller wants to find again
     */
    public CheckpointHeader header(Map<String, String> entries) {
        return header(step, config, learningRate, network, entries);
    }

    private static CheckpointHeader header(
            long step,
            TrainingConfig config,
            LearningRate learningRate,
            Network network,
            Map<String, String> entries) {
        return new CheckpointHeader(
                step,
                config.seed(),
                learningRate.falls(),
                network.signature().arrays().stream()
                        .map(a -> new CheckpointHeader.ArrayScale(a.name(), a.mean(), a.std()))
                        .toList(),
                entries);
    }

    /** What a checkpoint of this run keeps; valid until the next step. */
    public TrainingState trainingState() {
        return new TrainingState(
                memory, blocks.parameters, blocks.moment1, blocks.moment2, blocks.average);
    }

    /**
     * Floating-point operations of the matrix products and attention of a step over a layout; see
     * {@link Work}.
     */
    public long flopsPerStep(VariableLayout layout) {
        return Work.flops(gradientProgram, Dims.of(layout, config.batch().examples()));
    }

    /** The same of the matrix products alone. */
    public long matmulFlopsPerStep(VariableLayout layout) {
        return Work.matmulFlops(gradientProgram, Dims.of(layout, config.batch().examples()));
    }

    /** Bytes of parameters, activations and workspace. */
    public long bytesReserved() {
        return memory.bytes() + gradients.bytesReserved() + update.bytesReserved();
    }

    /** Frees its memory, once a step in progress has ended. */
    @Override
    public void close() {
        lifetime.close(() -> {
            gradients.close();
            update.close();
            memory.close();
        });
    }
}
