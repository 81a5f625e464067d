package gsdm.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.TestModels;
import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.diffusion.Streams;
import gsdm.nn.layout.Dims;
import gsdm.nn.layout.VariableLayout;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Extents;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;

class NoiserTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final long KEY = RandomStream.seed(11);

    @Test
    void theTimeStepsOfABatchAreSpreadEvenly() {
        for (int step = 1; step <= 50; step++) {
            boolean[] seen = new boolean[13];
            for (int b = 0; b < 13; b++) {
                int t = Noiser.timeStep(KEY, step, b, 13, 13 * 77);
                assertThat(t).isBetween(0, 13 * 77 - 1);
                seen[t / 77] = true;
            }
            assertThat(seen).as("step %d", step).doesNotContain(false);
        }
    }

    @Test
    void theTimeStepsOfOneExampleAreUniform() {
        int steps = 5;
        int draws = 20_000;
        int[] counts = new int[steps];
        for (int step = 0; step < draws; step++) {
            counts[Noiser.timeStep(KEY, step, 7, 16, steps)]++;
        }
        double expected = draws / (double) steps;
        for (int count : counts) {
            // Five standard deviations of a binomial.
            assertThat(Math.abs(count - expected)).isLessThan(5 * Math.sqrt(expected * 0.8));
        }
    }

    /** x_t = √ᾱ·x₀ + √(1 − ᾱ)·ε (Ho et al. 2020, equation 4) of the scaled values. */
    @Test
    void anUnobservedValueIsDrawnFromTheForwardMarginal() {
        VariableLayout layout = TestModels.pair(3, 2);
        NoiseSchedule schedule = NoiseSchedule.standard();
        TrainingConfig config = TestModels.training(7, 64, 1e-3);
        TrainingBlocks blocks =
                new TrainingBlocks(TestModels.denoiser(layout), Parameterisation.X0);
        Extents sizes = Dims.of(layout, 64);
        try (Backend backend = Backends.open("scalar", 1);
                Memory memory = backend.allocate(sizes, blocks.all())) {
            Noiser noiser = new Noiser(schedule, blocks, config, layout, memory);
            Batch batch = noiser.batch(64);
            batch.observed().setAtIndex(FLOAT, 0, 1);
            for (long i = 0; i < 128; i++) {
                batch.values().setAtIndex(FLOAT, i, 3 + 2 * i);
            }
            noiser.prepare(5, 64);
            long timeKey = RandomStream.fork(RandomStream.seed(7), Streams.TIME);
            for (int i = 0; i < 128; i++) {
                int t = Noiser.timeStep(timeKey, 5, i / 2, 64, schedule.steps());
                double kept = schedule.alphaBar(t);
                double noise = memory.read(blocks.noise).getAtIndex(FLOAT, i);
                double expected = Math.sqrt(kept) * i + Math.sqrt(1 - kept) * noise;
                boolean held = i == 0;
                assertThat((double) memory.read(blocks.inputs.values()).getAtIndex(FLOAT, i))
                        .as("value %d at step %d", i, t)
                        .isCloseTo(held ? i : expected, within(1e-5 * (1 + i)));
            }
            assertThat(memory.read(blocks.exampleWeights).toArray(FLOAT)).containsOnly(1 / 127f);
        }
    }
}
