package gsdm.nn.train;

import gsdm.nn.checkpoint.Checkpoint;
import gsdm.nn.checkpoint.CheckpointHeader;
import gsdm.nn.checkpoint.TrainingState;
import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.diffusion.Streams;
import gsdm.nn.layout.Dims;
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
import gsdm.tensor.program.StepState;
import gsdm.tensor.program.Work;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Trains a network. A step is two programs over shared blocks: <em>gradients</em> (forward, loss,
 * backward) and <em>update</em> (norm, clip, Adam, moving average), which writes nothing where the
 * norm is not finite.
 *
 * <p>A step is a function of (state, seed, its number, the batch), so a run that is resumed from a
 * checkpoint gives the same bits as one that was never stopped. A step allocates nothing. For one
 * thread at a time.
 */
public final class Trainer implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final Lifetime lifetime = new Lifetime("the trainer");
    private final VariableLayout layout;
    private final TrainingConfig config;
    private final TrainingBlocks blocks;
    private final Memory memory;
    private final Executable gradients;
    private final Executable update;
    private final Extents extents;
    private final int[] sizes;
    private final Noiser noiser;
    private final Batch batch;
    private final StepResult result;
    private long step;

    /** A new run, from initial parameters. */
    public static Trainer start(
            Backend backend,
            Network network,
            Diffusion diffusion,
            VariableLayout layout,
            TrainingConfig config) {
        return open(
                new Trainer(backend, network, diffusion, layout, config),
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
     * @throws IllegalArgumentException if seed, horizon or scales are not those of the checkpoint
     * @throws gsdm.nn.checkpoint.CheckpointException if it does not fit the network
     */
    public static Trainer resume(
            Backend backend,
            Network network,
            Diffusion diffusion,
            VariableLayout layout,
            TrainingConfig config,
            Checkpoint checkpoint) {
        CheckpointHeader header = checkpoint.header();
        CheckpointHeader expected = header(header.step(), config, layout, header.config());
        if (!header.equals(expected)) {
            throw new IllegalArgumentException(
                    ("the checkpoint belongs to another run: it has seed %d, horizon %d, scales"
                                    + " %s; found seed %d, horizon %d, scales %s")
                            .formatted(
                                    header.seed(),
                                    header.horizon(),
                                    header.scales(),
                                    expected.seed(),
                                    expected.horizon(),
                                    expected.scales()));
        }
        return open(
                new Trainer(backend, network, diffusion, layout, config),
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

    /** What a trainer of that network will take, before anything is allocated. */
    public static MemoryEstimate estimate(
            Backend backend, Network network, VariableLayout layout, int batch) {
        return TrainingBlocks.estimate(backend, network, Dims.of(layout, batch));
    }

    private Trainer(
            Backend backend,
            Network network,
            Diffusion diffusion,
            VariableLayout layout,
            TrainingConfig config) {
        this.layout = layout;
        this.config = config;
        this.blocks = new TrainingBlocks(network, diffusion.parameterisation());
        this.extents = Dims.of(layout, config.batch());
        this.sizes = extents.toArray();
        this.memory = backend.allocate(extents, blocks.all());
        Executable first = null;
        try {
            this.noiser = new Noiser(diffusion.schedule(), blocks, config, layout, memory);
            this.batch = noiser.batch(config.batch());
            this.result = new StepResult(layout.arrays().size());
            blocks.inputs.bind(layout, memory, extents);
            first = backend.compile(blocks.gradientProgram(), memory, extents);
            this.update = backend.compile(blocks.updateProgram(), memory, Extents.NONE);
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
     * @return what it gave; the object is overwritten by the next step
     * @throws DivergedException if the loss or the gradient is not finite; nothing has changed then
     * @throws IllegalStateException if the trainer or its backend is closed
     */
    public StepResult step(BatchSource source) {
        try (Lifetime.Use _ = lifetime.use()) {
            return takeStep(source);
        }
    }

    private StepResult takeStep(BatchSource source) {
        long number = step + 1;
        source.fill(number, batch);
        noiser.prepare(number, config.batch());
        gradients.run(sizes);
        double rate = config.learningRate().at(number);
        result.begin(number, rate);
        MemorySegment losses = memory.read(blocks.losses); // [A, 2]
        for (int array = 0; array < layout.arrays().size(); array++) {
            result.array(
                    array,
                    losses.getAtIndex(FLOAT, 2L * array),
                    losses.getAtIndex(FLOAT, 2L * array + 1),
                    noiser.count(array));
        }
        if (!Double.isFinite(result.loss())) {
            throw new DivergedException(number, "the loss");
        }
        writeState(number, rate);
        update.run();
        MemorySegment state = memory.read(blocks.state);
        if (state.getAtIndex(FLOAT, StepState.REFUSED) != 0) {
            throw new DivergedException(number, "the gradient");
        }
        result.end(Math.sqrt(state.getAtIndex(FLOAT, StepState.SQUARED_NORM)));
        step = number;
        return result;
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
    }

    private static void set(MemorySegment state, int entry, double value) {
        state.setAtIndex(FLOAT, entry, (float) value);
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
        return header(step, config, layout, entries);
    }

    private static CheckpointHeader header(
            long step, TrainingConfig config, VariableLayout layout, Map<String, String> entries) {
        return new CheckpointHeader(
                step,
                config.seed(),
                config.learningRate().horizon(),
                layout.arrays().stream()
                        .map(a -> new CheckpointHeader.ArrayScale(a.name(), a.mean(), a.std()))
                        .toList(),
                entries);
    }

    /** What a checkpoint of this run keeps; valid until the next step. */
    public TrainingState trainingState() {
        return new TrainingState(
                memory, blocks.parameters, blocks.moment1, blocks.moment2, blocks.average);
    }

    /** Floating-point operations of a step's matrix products and attention; see {@link Work}. */
    public long flopsPerStep() {
        return Work.flops(blocks.gradientProgram(), extents);
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
