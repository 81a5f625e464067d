package gsdm.nn.sample;

import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.diffusion.ReverseStep;
import gsdm.nn.diffusion.Streams;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.Dims;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.MemoryEstimate;
import gsdm.nn.network.Network;
import gsdm.nn.network.NetworkInputs;
import gsdm.nn.network.Weights;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;

/**
 * Draws posterior samples: from noise, back through time, with observed values held (DDIM and DDPM,
 * see {@link SamplerConfig}).
 *
 * <p>A sample is a function of (seed, its number, what is observed), not of the batch it is drawn
 * in. A sampler is for one thread at a time; several may share {@link Weights} and a backend.
 */
public final class Sampler implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final Lifetime lifetime = new Lifetime("the sampler");
    private final NoiseSchedule schedule;
    private final VariableLayout layout;
    private final SamplerConfig config;
    private final NetworkInputs inputs;
    private final Memory memory;
    private final Executable evaluation;
    private final int[] sizes;
    private final int batch;
    private final boolean predictsNoise;
    private final int[] times;
    private final float[] timeTable;
    private final Slot prediction; // [B, X]
    private final MemorySegment noise; // [X]
    private MemorySegment state; // [B, X] x_t
    private MemorySegment observed; // [B, N]

    /**
     * A sampler of its own memory over shared weights.
     *
     * @param batch how many samples are drawn at a time
     */
    public static Sampler open(
            Backend backend,
            Diffusion diffusion,
            VariableLayout layout,
            Weights weights,
            SamplerConfig config,
            int batch) {
        return new Sampler(backend, diffusion, layout, weights, config, batch);
    }

    /**
     * What a sampler of that network will take, its weights included, before anything is allocated.
     */
    public static MemoryEstimate estimate(
            Backend backend, Network network, VariableLayout layout, int batch) {
        NetworkInputs inputs = network.newInputs();
        ProgramBuilder program = new ProgramBuilder("sampling");
        Slot prediction = network.emit(program, inputs);
        Block results = new Block("results", Block.Role.RESULT);
        program.keep(prediction, results.floats("prediction", Dims.BATCH, Dims.VALUES));
        return MemoryEstimate.of(
                backend,
                List.of(network.parameters().block()),
                with(inputs.blocks(), results),
                List.of(program.build()),
                Dims.of(layout, batch));
    }

    private Sampler(
            Backend backend,
            Diffusion diffusion,
            VariableLayout layout,
            Weights weights,
            SamplerConfig config,
            int batch) {
        Network network = weights.network();
        this.schedule = diffusion.schedule();
        this.layout = layout;
        this.config = config;
        this.batch = batch;
        this.predictsNoise = diffusion.parameterisation() == Parameterisation.NOISE;
        this.times = config.timeSteps(schedule.steps());
        this.inputs = network.newInputs();
        this.timeTable = inputs.timeTable(schedule.steps());
        Extents reserve = Dims.of(layout, batch);
        this.sizes = reserve.toArray();
        Block results = new Block("results", Block.Role.RESULT);
        this.prediction = results.floats("prediction", Dims.BATCH, Dims.VALUES);
        Slot noiseSlot = results.floats("noise", Dims.VALUES);
        ProgramBuilder program = new ProgramBuilder("sampling");
        program.keep(network.emit(program, inputs), prediction);
        this.memory = backend.allocate(reserve, with(inputs.blocks(), results), weights.memory());
        try {
            inputs.bind(layout, memory, reserve);
            this.noise = memory.map(noiseSlot);
            this.state = memory.map(inputs.values());
            this.observed = memory.map(inputs.observed());
            this.evaluation = backend.compile(program.build(), memory, reserve);
        } catch (RuntimeException | Error failure) {
            memory.close();
            throw failure;
        }
    }

    /**
     * Draws samples number {@code first} to {@code first + count − 1}.
     *
     * @param seed of all samples
     * @param first the number of the first one
     * @param count how many, 0 or more
     * @param observedNodes [count, N] float: 1 where a node is observed, else 0
     * @param values [count, X] float, in the model's units: observed values are read (one-hot for
     *     discrete nodes) and kept, the others written
     * @throws NotFiniteException if a value is not finite; of its batch nothing is written then
     * @throws CancellationException if the thread is interrupted, which is asked before each step;
     *     its interrupt status is cleared
     * @throws IllegalStateException if the sampler, its weights or its backend is closed
     */
    public void sample(
            long seed, long first, int count, MemorySegment observedNodes, MemorySegment values) {
        long key = RandomStream.seed(seed);
        long start = RandomStream.fork(key, Streams.START);
        try (Lifetime.Use _ = lifetime.use()) {
            for (int done = 0; done < count; done += batch) {
                int now = Math.min(batch, count - done);
                for (int b = 0; b < now; b++) {
                    long own = RandomStream.fork(start, first + done + b);
                    drawNoise(own, state, (long) b * layout.values());
                }
                sampleBatch(
                        key,
                        first + done,
                        now,
                        examples(observedNodes, layout.nodes(), done, now),
                        examples(values, layout.values(), done, now));
            }
        }
    }

    /**
     * As {@link #sample}, for at most a batch, from a given start in place of noise.
     *
     * @param start [count, X] float, in scaled units
     */
    public void sampleFrom(
            MemorySegment start,
            long seed,
            long first,
            int count,
            MemorySegment observedNodes,
            MemorySegment values) {
        if (count > batch) {
            throw new IllegalArgumentException(
                    "at most %d samples are drawn at a time; found %d".formatted(batch, count));
        }
        try (Lifetime.Use _ = lifetime.use()) {
            MemorySegment.copy(start, 0, state, 0, 4L * layout.values() * count);
            sampleBatch(RandomStream.seed(seed), first, count, observedNodes, values);
        }
    }

    private static List<Block> with(List<Block> blocks, Block another) {
        return Stream.concat(blocks.stream(), Stream.of(another)).toList();
    }

    private static MemorySegment examples(MemorySegment all, long size, int first, int count) {
        return all.asSlice(4 * size * first, 4 * size * count);
    }

    private void sampleBatch(
            long key, long first, int count, MemorySegment observedNodes, MemorySegment values) {
        sizes[Dims.BATCH.index()] = count;
        observed = memory.write(inputs.observed());
        MemorySegment.copy(observedNodes, 0, observed, 0, 4L * layout.nodes() * count);
        holdObserved(count, values);
        long sampling = RandomStream.fork(key, Streams.SAMPLING);
        for (int i = 0; i < times.length; i++) {
            if (Thread.interrupted()) {
                throw new CancellationException("interrupted while sampling");
            }
            MemorySegment time = memory.write(inputs.time());
            for (int b = 0; b < count; b++) {
                inputs.setTime(timeTable, times[i], time, b);
            }
            evaluation.run(sizes);
            MemorySegment predicted = memory.read(prediction);
            state = memory.map(inputs.values());
            int next = i + 1 < times.length ? times[i + 1] : -1;
            ReverseStep step = ReverseStep.of(schedule, times[i], next, config.eta());
            for (int b = 0; b < count; b++) {
                if (step.deviation() > 0) {
                    long own = RandomStream.fork(RandomStream.fork(sampling, first + b), times[i]);
                    drawNoise(own, noise, 0);
                }
                stepBack(b, times[i], step, predicted);
            }
        }
        requireFinite(count);
        deliver(count, values);
    }

    /** Standard normals for one example, each array from a stream of its own. */
    private void drawNoise(long key, MemorySegment to, long firstIndex) {
        List<ArrayLayout> arrays = layout.arrays();
        for (int a = 0; a < arrays.size(); a++) {
            ArrayLayout array = arrays.get(a);
            RandomStream.fillNormal(
                    RandomStream.fork(key, a),
                    0,
                    to,
                    4 * (firstIndex + array.valueOffset()),
                    array.values());
        }
    }

    /** Scaled observed values take the place of noise, and stay. */
    private void holdObserved(int count, MemorySegment values) {
        for (int b = 0; b < count; b++) {
            for (ArrayLayout array : layout.arrays()) {
                float mean = (float) array.mean();
                float factor = (float) (1 / array.std());
                for (int n = 0; n < array.nodes(); n++) {
                    if (isObserved(b, array.nodeOffset() + n)) {
                        long at = index(b, array, n);
                        for (long i = at; i < at + array.options(); i++) {
                            state.setAtIndex(
                                    FLOAT, i, (values.getAtIndex(FLOAT, i) - mean) * factor);
                        }
                    }
                }
            }
        }
    }

    private void stepBack(int b, int t, ReverseStep step, MemorySegment predicted) {
        double signal = Math.sqrt(schedule.alphaBar(t));
        double noiseLevel = Math.sqrt(1 - schedule.alphaBar(t));
        long firstValue = (long) b * layout.values();
        for (ArrayLayout array : layout.arrays()) {
            double clip = array.options() == 1 ? config.clip() : Double.POSITIVE_INFINITY;
            for (int n = 0; n < array.nodes(); n++) {
                if (isObserved(b, array.nodeOffset() + n)) {
                    continue;
                }
                long at = index(b, array, n);
                for (long i = at; i < at + array.options(); i++) {
                    double x = state.getAtIndex(FLOAT, i);
                    double clean = predicted.getAtIndex(FLOAT, i);
                    if (predictsNoise) {
                        clean = (x - noiseLevel * clean) / signal;
                    }
                    clean = Math.clamp(clean, -clip, clip);
                    double then = step.clean() * clean + step.noised() * x;
                    if (step.deviation() > 0) {
                        then += step.deviation() * noise.getAtIndex(FLOAT, i - firstValue);
                    }
                    state.setAtIndex(FLOAT, i, (float) then);
                }
            }
        }
    }

    /** A category would be chosen, and an observed value kept, whatever the network made of it. */
    private void requireFinite(int count) {
        for (int b = 0; b < count; b++) {
            for (ArrayLayout array : layout.arrays()) {
                float mean = (float) array.mean();
                float std = (float) array.std();
                long first = index(b, array, 0);
                for (long i = first; i < first + array.values(); i++) {
                    if (!Float.isFinite(state.getAtIndex(FLOAT, i) * std + mean)) {
                        throw new NotFiniteException(array.name());
                    }
                }
            }
        }
    }

    private void deliver(int count, MemorySegment values) {
        for (int b = 0; b < count; b++) {
            for (ArrayLayout array : layout.arrays()) {
                float mean = (float) array.mean();
                float std = (float) array.std();
                boolean oneHot =
                        array.options() > 1 && config.discrete() == SamplerConfig.Discrete.ARGMAX;
                for (int n = 0; n < array.nodes(); n++) {
                    if (isObserved(b, array.nodeOffset() + n)) {
                        continue;
                    }
                    long at = index(b, array, n);
                    long best = oneHot ? largest(at, array.options()) : -1;
                    for (long i = at; i < at + array.options(); i++) {
                        float value =
                                oneHot
                                        ? (i == best ? 1 : 0)
                                        : state.getAtIndex(FLOAT, i) * std + mean;
                        values.setAtIndex(FLOAT, i, value);
                    }
                }
            }
        }
    }

    private long largest(long at, int options) {
        long best = at;
        for (long i = at + 1; i < at + options; i++) {
            if (state.getAtIndex(FLOAT, i) > state.getAtIndex(FLOAT, best)) {
                best = i;
            }
        }
        return best;
    }

    private boolean isObserved(int b, int node) {
        return observed.getAtIndex(FLOAT, (long) b * layout.nodes() + node) != 0;
    }

    private long index(int b, ArrayLayout array, int node) {
        return (long) b * layout.values() + array.valueOffset() + (long) node * array.options();
    }

    /** Bytes taken besides the shared weights. */
    public long bytesReserved() {
        return memory.bytes() + evaluation.bytesReserved();
    }

    /** Frees its memory, once samples in progress have been drawn. */
    @Override
    public void close() {
        lifetime.close(() -> {
            evaluation.close();
            memory.close();
        });
    }
}
