package gsdm.nn.train;

import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.Streams;
import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.VariableLayout;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Turns a batch of clean values into what the network sees: scaled, noised to a random time step,
 * observed values clean, and a weight for every example. Every draw is keyed by (seed, stream,
 * step, example, array, index).
 */
final class Noiser {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final NoiseSchedule schedule;
    private final TrainingBlocks blocks;
    private final Reduction reduction;
    private final ArrayLayout[] arrays;
    private final int nodes;
    private final int values;
    private final long[] counts; // [A]
    private final float[] timeTable; // [T, C]
    private final long timeKey;
    private final long noiseKey;
    private final Memory memory;
    private MemorySegment clean; // [B, X]
    private MemorySegment noise; // [B, X]
    private MemorySegment noised; // [B, X]
    private MemorySegment exampleWeights; // [B]
    private MemorySegment observed; // [B, N]
    private MemorySegment time; // [B, C]

    Noiser(
            NoiseSchedule schedule,
            TrainingBlocks blocks,
            TrainingConfig config,
            VariableLayout layout,
            Memory memory) {
        this.schedule = schedule;
        this.blocks = blocks;
        this.reduction = config.reduction();
        this.arrays = layout.arrays().toArray(ArrayLayout[]::new);
        this.nodes = layout.nodes();
        this.values = layout.values();
        this.counts = new long[arrays.length];
        this.timeTable = blocks.inputs.timeTable(schedule.steps());
        long seed = RandomStream.seed(config.seed());
        this.timeKey = RandomStream.fork(seed, Streams.TIME);
        this.noiseKey = RandomStream.fork(seed, Streams.NOISE);
        this.memory = memory;
        MemorySegment arrayWeights = memory.write(blocks.arrayWeights);
        for (int a = 0; a < arrays.length; a++) {
            arrayWeights.setAtIndex(FLOAT, a, 1);
        }
        takeMemory();
    }

    /** What a step writes, all of it. */
    private void takeMemory() {
        clean = memory.write(blocks.clean);
        noise = memory.write(blocks.noise);
        noised = memory.write(blocks.inputs.values());
        exampleWeights = memory.write(blocks.exampleWeights);
        observed = memory.write(blocks.inputs.observed());
        time = memory.write(blocks.inputs.time());
    }

    /** What a batch source fills. */
    Batch batch(int examples) {
        return new Batch(
                examples,
                clean.asSlice(0, 4L * examples * values),
                observed.asSlice(0, 4L * examples * nodes));
    }

    /** How many unobserved values each array has in the batch prepared last. */
    long count(int array) {
        return counts[array];
    }

    /** Prepares a filled batch. It may have no unobserved value, and teaches nothing then. */
    void prepare(long step, int examples) {
        takeMemory();
        long unobserved = countUnobserved(examples);
        float share =
                switch (reduction) {
                    case MEAN -> unobserved == 0 ? 0 : (float) (1.0 / unobserved);
                    case SUM -> 1f / examples;
                };
        long noiseOfStep = RandomStream.fork(noiseKey, step);
        for (int b = 0; b < examples; b++) {
            int t = timeStep(timeKey, step, b, examples, schedule.steps());
            blocks.inputs.setTime(timeTable, t, time, b);
            float signal = (float) Math.sqrt(schedule.alphaBar(t));
            float level = (float) Math.sqrt(1 - schedule.alphaBar(t));
            exampleWeights.setAtIndex(FLOAT, b, share);
            long example = RandomStream.fork(noiseOfStep, b);
            for (int a = 0; a < arrays.length; a++) {
                long first = (long) b * values + arrays[a].valueOffset();
                RandomStream.fillNormal(
                        RandomStream.fork(example, a), 0, noise, 4 * first, arrays[a].values());
                noiseArray(b, arrays[a], signal, level);
            }
        }
    }

    /**
     * The time step of an example: uniform over all steps by itself, and spread evenly over the
     * examples of a batch, so that the loss of a step varies less (Kingma et al. 2021, appendix I).
     */
    static int timeStep(long key, long step, int example, int examples, int steps) {
        double shifted = RandomStream.uniformDouble(key, step) + example / (double) examples;
        double place = shifted - Math.floor(shifted);
        return Math.min((int) (place * steps), steps - 1);
    }

    private long countUnobserved(int examples) {
        long total = 0;
        for (int a = 0; a < arrays.length; a++) {
            long count = 0;
            for (int b = 0; b < examples; b++) {
                long first = (long) b * nodes + arrays[a].nodeOffset();
                for (long n = first; n < first + arrays[a].nodes(); n++) {
                    count += observed.getAtIndex(FLOAT, n) == 0 ? 1 : 0;
                }
            }
            counts[a] = count * arrays[a].options();
            total += counts[a];
        }
        return total;
    }

    private void noiseArray(int b, ArrayLayout array, float signal, float level) {
        float mean = (float) array.mean();
        float factor = (float) (1 / array.std());
        int options = array.options();
        long node = (long) b * nodes + array.nodeOffset();
        long value = (long) b * values + array.valueOffset();
        for (int n = 0; n < array.nodes(); n++) {
            boolean held = observed.getAtIndex(FLOAT, node + n) != 0;
            for (int option = 0; option < options; option++) {
                float x0 = (clean.getAtIndex(FLOAT, value) - mean) * factor;
                float xt = signal * x0 + level * noise.getAtIndex(FLOAT, value);
                clean.setAtIndex(FLOAT, value, x0);
                noised.setAtIndex(FLOAT, value, held ? x0 : xt);
                value++;
            }
        }
    }
}
