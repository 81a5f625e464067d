package gsdm.nn.sample;

import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.PredictorCorrector;
import gsdm.nn.diffusion.ReverseStep;
import gsdm.nn.diffusion.Streams;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.Dims;
import gsdm.nn.layout.LayoutBudget;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.BoundLayout;
import gsdm.nn.network.LayoutSlots;
import gsdm.nn.network.MemoryEstimate;
import gsdm.nn.network.Network;
import gsdm.nn.network.TimeTable;
import gsdm.nn.network.Weights;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Program;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Draws posterior samples: from noise, back through time, with observed values held (see {@link
 * SamplerConfig}). All of it is programs over a state that stays where they run, and is read at the
 * end.
 *
 * <p>A sample is a function of (seed, its number, what is observed), not of the batch it is drawn
 * in. A sampler is for one thread at a time; several may share {@link Weights}, a {@link
 * BoundLayout} and a backend.
 */
public final class Sampler implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final Lifetime lifetime = new Lifetime("the sampler");
    private final Backend backend;
    private final Diffusion diffusion;
    private final VariableLayout layout;
    private final SamplerConfig config;
    private final SamplingBlocks blocks;
    private final Memory memory;
    private final List<Executable> executables = new ArrayList<>();
    private final Executable noise;
    private final Executable hold;
    private final Executable step;
    private final int[] sizes;
    private final int batch;
    private final int[] times;
    private final TimeTable timeTable;

    /**
     * A sampler of its own memory over a shared layout and shared weights.
     *
     * @param layout bound for the network of the weights, by the same backend
     * @param batch how many samples are drawn at a time
     */
    public static Sampler open(
            Backend backend,
            Diffusion diffusion,
            BoundLayout layout,
            Weights weights,
            SamplerConfig config,
            int batch) {
        return new Sampler(backend, diffusion, layout, weights, config, batch);
    }

    /**
     * What a sampler made of these will take with weights and a layout of its own, before anything
     * is allocated.
     *
     * @param budget of the layout
     * @param batch how many samples are drawn at a time
     */
    public static MemoryEstimate estimate(
            Backend backend,
            Network network,
            Diffusion diffusion,
            LayoutBudget budget,
            SamplerConfig config,
            int batch) {
        LayoutSlots layout = network.newLayoutSlots();
        SamplingBlocks blocks = new SamplingBlocks(layout, network.channels(), config);
        List<Block> inputs = new ArrayList<>(blocks.all());
        inputs.add(layout.block());
        return MemoryEstimate.of(
                backend,
                List.of(network.parameters().block()),
                inputs,
                List.of(
                        blocks.noiseProgram(),
                        blocks.holdProgram(),
                        blocks.stepProgram(network, diffusion.parameterisation(), config.clip())),
                Dims.of(network.signature(), budget, batch));
    }

    private Sampler(
            Backend backend,
            Diffusion diffusion,
            BoundLayout bound,
            Weights weights,
            SamplerConfig config,
            int batch) {
        Network network = weights.network();
        this.backend = backend;
        this.diffusion = diffusion;
        this.layout = bound.layout();
        this.config = config;
        this.batch = batch;
        this.times = config.timeSteps(diffusion.schedule());
        this.timeTable = new TimeTable(diffusion.times(), network.channels());
        this.blocks = new SamplingBlocks(bound.slots(), network.channels(), config);
        Extents reserve = Dims.of(layout, batch);
        this.sizes = reserve.toArray();
        this.memory = backend.allocate(reserve, blocks.all(), weights.memory(), bound.memory());
        try {
            this.noise = compile(backend, blocks.noiseProgram(), reserve);
            this.hold = compile(backend, blocks.holdProgram(), reserve);
            this.step =
                    compile(
                            backend,
                            blocks.stepProgram(
                                    network, diffusion.parameterisation(), config.clip()),
                            reserve);
        } catch (RuntimeException | Error failure) {
            free();
            throw failure;
        }
    }

    private Executable compile(Backend backend, Program program, Extents reserve) {
        Executable executable = backend.compile(program, memory, reserve);
        executables.add(executable);
        return executable;
    }

    /**
     * Draws samples number {@code first} to {@code first + count − 1}.
     *
     * @param seed of all samples
     * @param first the number of the first one
     * @param count how many, 0 or more
     * @throws NotFiniteException if a value is not finite; of its batch nothing is given then
     * @throws CancellationException if the thread is interrupted, which is asked before each step;
     *     its interrupt status is cleared
     * @throws IllegalStateException if the sampler or its backend is closed
     */
    public void sample(long seed, long first, int count, Query query) {
        sample(seed, first, count, query, BatchFollower.NONE);
    }

    /**
     * As {@link #sample(long, long, int, Query)}, followed from step to step.
     *
     * @param follower may put a batch back to where one of the same numbers, seed, weights and
     *     observations was
     */
    public void sample(long seed, long first, int count, Query query, BatchFollower follower) {
        long key = RandomStream.seed(seed);
        try (Lifetime.Use _ = lifetime.use()) {
            for (int done = 0; done < count; done += batch) {
                int now = Math.min(batch, count - done);
                setBatch(now);
                writeStart(RandomStream.fork(key, Streams.START), first + done, now);
                writeLevel(diffusion.schedule().start(), now);
                noise.run(sizes);
                sampleBatch(key, first + done, now, query, follower);
            }
        }
    }

    /**
     * As {@link #sample}, for at most a batch, from a given start in place of noise.
     *
     * @param start [count, X] float, in scaled units
     */
    public void sampleFrom(MemorySegment start, long seed, long first, int count, Query query) {
        if (count > batch) {
            throw new IllegalArgumentException(
                    "at most %d samples are drawn at a time; found %d".formatted(batch, count));
        }
        try (Lifetime.Use _ = lifetime.use()) {
            setBatch(count);
            long bytes = FLOAT.byteSize() * layout.values() * count;
            MemorySegment.copy(start, 0, memory.write(blocks.state), 0, bytes);
            sampleBatch(RandomStream.seed(seed), first, count, query, BatchFollower.NONE);
        }
    }

    private void setBatch(int count) {
        sizes[Dims.BATCH.index()] = count;
    }

    private void sampleBatch(long key, long first, int count, Query query, BatchFollower follower) {
        MemorySegment given = memory.write(blocks.values);
        MemorySegment observed = memory.write(blocks.observed);
        backend.share(count, b -> query.observe(first + b, b, given, observed));
        writeLevel(1, count);
        hold.run(sizes);
        long sampling = RandomStream.fork(key, Streams.SAMPLING);
        BatchFollower.Batch batch =
                new BatchFollower.Batch(first, count, times.length, () -> carried(count));
        for (int i = follower.begin(batch); i < times.length; i++) {
            if (Thread.interrupted()) {
                throw new CancellationException("interrupted while sampling");
            }
            writeStep(sampling, first, count, i);
            step.run(sizes);
            follower.stepped(batch, i + 1);
        }
        MemorySegment state = memory.read(blocks.state);
        MemorySegment flags = memory.read(blocks.observed);
        MemorySegment values = memory.map(blocks.values);
        backend.share(count, b -> requireFinite(state, b));
        backend.share(
                count,
                b -> {
                    deliver(state, flags, b, values);
                    query.take(first + b, b, values, flags);
                });
    }

    /** What a step leaves to the next. */
    private List<MemorySegment> carried(int count) {
        long bytes = FLOAT.byteSize() * layout.values() * count;
        return blocks.carried().stream().map(slot -> memory.map(slot).asSlice(0, bytes)).toList();
    }

    private void writeStart(long key, long first, int count) {
        MemorySegment keys = memory.write(blocks.keys);
        for (int b = 0; b < count; b++) {
            Streams.write(RandomStream.fork(key, first + b), keys, b);
        }
    }

    /** Writes the small tables of a step back from a time to the next. */
    private void writeStep(long key, long first, int count, int i) {
        int t = times[i];
        ReverseStep back = reverseStep(i);
        MemorySegment keys = memory.write(blocks.keys);
        MemorySegment time = memory.write(blocks.time);
        MemorySegment levels = memory.write(blocks.levels);
        MemorySegment clean = memory.write(blocks.cleanCoefficients);
        MemorySegment coefficients = memory.write(blocks.stepCoefficients);
        MemorySegment gains = memory.write(blocks.gains);
        double signal = diffusion.schedule().signal(t);
        double level = diffusion.schedule().level(t);
        int operands = blocks.stepCoefficients.shape().last().size();
        for (int b = 0; b < count; b++) {
            timeTable.write(t, time, b);
            levels.setAtIndex(FLOAT, 2L * b, (float) level);
            levels.setAtIndex(FLOAT, 2L * b + 1, (float) signal);
            diffusion.parameterisation().writeClean(signal, level, clean, b);
            gains.setAtIndex(FLOAT, 2L * b, (float) (1 + back.gain()));
            gains.setAtIndex(FLOAT, 2L * b + 1, (float) (0 - back.gain()));
            long at = (long) b * operands;
            coefficients.setAtIndex(FLOAT, at, (float) back.clean());
            coefficients.setAtIndex(FLOAT, at + 1, (float) back.noised());
            if (blocks.remembered() > 0) {
                coefficients.setAtIndex(FLOAT, at + 2, (float) back.previous());
            }
            if (blocks.remembered() > 1) {
                coefficients.setAtIndex(FLOAT, at + 3, (float) back.earlier());
            }
            if (blocks.noisy()) {
                coefficients.setAtIndex(FLOAT, at + operands - 1, (float) back.deviation());
                Streams.write(RandomStream.fork(RandomStream.fork(key, first + b), t), keys, b);
            }
        }
    }

    private ReverseStep reverseStep(int i) {
        NoiseSchedule schedule = diffusion.schedule();
        int next = i + 1 < times.length ? times[i + 1] : -1;
        return switch (config.solver()) {
            case DDIM -> ReverseStep.of(schedule, times[i], next, config.eta());
            case DPM_SOLVER ->
                    i == 0
                            ? ReverseStep.of(schedule, times[i], next, 0)
                            : ReverseStep.multistep(schedule, times[i - 1], times[i], next);
            case UNI_PC -> new PredictorCorrector(schedule, times, config.eta()).step(i);
        };
    }

    private void writeLevel(double value, int count) {
        MemorySegment level = memory.write(blocks.level);
        for (int b = 0; b < count; b++) {
            level.setAtIndex(FLOAT, b, (float) value);
        }
    }

    /** A category would be chosen, and an observed value kept, whatever the network made of it. */
    private void requireFinite(MemorySegment state, int b) {
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

    /** Puts what was sampled where it was not observed. */
    private void deliver(MemorySegment state, MemorySegment flags, int b, MemorySegment values) {
        for (ArrayLayout array : layout.arrays()) {
            float mean = (float) array.mean();
            float std = (float) array.std();
            boolean oneHot =
                    array.options() > 1 && config.discrete() == SamplerConfig.Discrete.ARGMAX;
            for (int n = 0; n < array.nodes(); n++) {
                if (isObserved(flags, b, array.nodeOffset() + n)) {
                    continue;
                }
                long at = index(b, array, n);
                long best = oneHot ? largest(state, at, array.options()) : -1;
                for (long i = at; i < at + array.options(); i++) {
                    float value =
                            oneHot ? (i == best ? 1 : 0) : state.getAtIndex(FLOAT, i) * std + mean;
                    values.setAtIndex(FLOAT, i, value);
                }
            }
        }
    }

    private static long largest(MemorySegment state, long at, int options) {
        long best = at;
        for (long i = at + 1; i < at + options; i++) {
            if (state.getAtIndex(FLOAT, i) > state.getAtIndex(FLOAT, best)) {
                best = i;
            }
        }
        return best;
    }

    private boolean isObserved(MemorySegment observed, int b, int node) {
        return observed.getAtIndex(FLOAT, (long) b * layout.nodes() + node) != 0;
    }

    private long index(int b, ArrayLayout array, int node) {
        return (long) b * layout.values() + array.valueOffset() + (long) node * array.options();
    }

    /** Bytes taken besides the shared weights and the shared layout. */
    public long bytesReserved() {
        return memory.bytes() + executables.stream().mapToLong(Executable::bytesReserved).sum();
    }

    /** Frees its memory, once samples in progress have been drawn. */
    @Override
    public void close() {
        lifetime.close(this::free);
    }

    private void free() {
        executables.forEach(Executable::close);
        memory.close();
    }
}
