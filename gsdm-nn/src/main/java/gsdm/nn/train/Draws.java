package gsdm.nn.train;

import gsdm.nn.diffusion.Diffusion;
import gsdm.nn.diffusion.LevelWeight;
import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.Objective;
import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.diffusion.Streams;
import gsdm.nn.layout.LayoutSignature;
import gsdm.nn.network.TimeTable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The small tables of a step: what is drawn for each example, from which programs make the rest.
 * Every draw is keyed by (seed, stream, step, example); noise besides by (array, index in the whole
 * model).
 */
final class Draws {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final NoiseSchedule schedule;
    private final Parameterisation parameterisation;
    private final LevelWeight levelWeight;
    private final Objective objective;
    private final double[] arrayWeights; // [A]
    private final BatchPart part;
    private final TrainingBlocks blocks;
    private final TimeTable times;
    private final long timeKey;
    private final long noiseKey;
    private final NoiseBand[] bands; // [B] of the last step written
    private final Noising noising;

    Draws(
            Diffusion diffusion,
            LayoutSignature signature,
            TrainingConfig config,
            TrainingBlocks blocks) {
        this.schedule = diffusion.schedule();
        this.parameterisation = diffusion.parameterisation();
        this.levelWeight = diffusion.weight();
        this.objective = config.objective();
        this.arrayWeights = objective.weights(signature);
        this.part = config.batch();
        this.blocks = blocks;
        this.times = new TimeTable(diffusion.times(), blocks.time.shape().last().size());
        long key = RandomStream.seed(config.seed());
        this.timeKey = RandomStream.fork(key, Streams.TIME);
        this.noiseKey = RandomStream.fork(key, Streams.NOISE);
        this.bands = new NoiseBand[part.examples()];
        this.noising = new Noising(part.examples());
    }

    /**
     * Writes the tables of a step.
     *
     * @param counts [A] how many unobserved values each array has in the whole batch
     */
    void write(long step, long[] counts, Memory memory) {
        MemorySegment weights = memory.write(blocks.loss.arrayWeights());
        for (int a = 0; a < arrayWeights.length; a++) {
            weights.setAtIndex(FLOAT, a, (float) arrayWeights[a]);
        }
        writeExamples(step, objective.share(arrayWeights, counts, part.total()), memory);
    }

    /** Writes the rows of each example; every error of the batch is multiplied by the share. */
    private void writeExamples(long step, double share, Memory memory) {
        MemorySegment keys = memory.write(blocks.keys);
        MemorySegment time = memory.write(blocks.time);
        MemorySegment levels = memory.write(blocks.levels);
        MemorySegment target = memory.write(blocks.targetCoefficients);
        MemorySegment weights = memory.write(blocks.loss.exampleWeights());
        long noiseOfStep = RandomStream.fork(noiseKey, step);
        for (int b = 0; b < part.examples(); b++) {
            int example = part.first() + b;
            long noise = RandomStream.fork(noiseOfStep, example);
            Streams.write(noise, keys, b);
            int t = timeStep(timeKey, step, example, part.total(), schedule.steps());
            times.write(t, time, b);
            double signal = schedule.signal(t);
            double level = schedule.level(t);
            bands[b] = NoiseBand.of(level, signal);
            noising.set(b, noise, signal, level);
            levels.setAtIndex(FLOAT, 2L * b, (float) level);
            levels.setAtIndex(FLOAT, 2L * b + 1, (float) signal);
            if (blocks.refined()) {
                parameterisation.writeRefinedTarget(signal, level, target, b);
            } else {
                parameterisation.writeTarget(signal, level, target, b);
            }
            double weight = share * levelWeight.of(parameterisation, signal, level);
            weights.setAtIndex(FLOAT, 2L * b, (float) weight);
            weights.setAtIndex(FLOAT, 2L * b + 1, (float) share);
        }
    }

    /** How the examples of the last step written are noised. */
    Noising noising() {
        return noising;
    }

    /** How noisy an example of the last step written is. */
    NoiseBand band(int example) {
        return bands[example];
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
}
