package gsdm.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.TestModels;
import gsdm.nn.diffusion.Streams;
import gsdm.nn.layout.Dims;
import gsdm.nn.layout.VariableLayout;
import gsdm.nn.network.Denoiser;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Extents;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;

class DrawsTest {
    private static final long KEY = RandomStream.seed(11);

    @Test
    void theTimeStepsOfABatchAreSpreadEvenly() {
        for (int step = 1; step <= 50; step++) {
            boolean[] seen = new boolean[13];
            for (int b = 0; b < 13; b++) {
                int t = Draws.timeStep(KEY, step, b, 13, 13 * 77);
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
            counts[Draws.timeStep(KEY, step, 7, 16, steps)]++;
        }
        double expected = draws / (double) steps;
        for (int count : counts) {
            // Five standard deviations of a binomial.
            assertThat(Math.abs(count - expected)).isLessThan(5 * Math.sqrt(expected * 0.8));
        }
    }

    /** The tables of an example do not depend on which part of a batch it comes in. */
    @Test
    void anExampleIsDrawnByItsNumberInTheWholeBatch() {
        VariableLayout layout = TestModels.mixed();
        Tables whole = tables(layout, BatchPart.whole(5));
        Tables part = tables(layout, new BatchPart(2, 3, 5));
        assertThat(part.keys).containsExactly(Arrays.copyOfRange(whole.keys, 4, 10));
        assertThat(part.levels).containsExactly(Arrays.copyOfRange(whole.levels, 4, 10));
        assertThat(part.time).containsExactly(Arrays.copyOfRange(whole.time, 2 * 8, 5 * 8));
        assertThat(part.weights).containsOnly(1 / 16f);
        for (int b = 0; b < 5; b++) {
            float level = whole.levels[2 * b];
            float signal = whole.levels[2 * b + 1];
            assertThat(level * level + signal * signal).isEqualTo(1, within(1e-6f));
        }
        long key = RandomStream.fork(RandomStream.seed(7), Streams.NOISE);
        long third = RandomStream.fork(RandomStream.fork(key, 4), 2);
        assertThat(part.keys[0]).isEqualTo((int) third);
        assertThat(part.keys[1]).isEqualTo((int) (third >>> 32));
    }

    private record Tables(int[] keys, float[] levels, float[] time, float[] weights) {}

    /** Of step 4, with 16 values to be inferred in the whole batch. */
    private static Tables tables(VariableLayout layout, BatchPart part) {
        Denoiser denoiser = TestModels.denoiser(layout);
        TrainingBlocks blocks = new TrainingBlocks(denoiser, false);
        TrainingConfig config = TestModels.training(7, part);
        Extents sizes = Dims.of(layout, part.examples());
        try (Backend backend = Backends.open("scalar", 1);
                Memory memory = backend.allocate(sizes, blocks.all())) {
            new Draws(TestModels.diffusion(), denoiser.signature(), config, blocks)
                    .write(4, new long[] {10, 0, 6}, memory);
            return new Tables(
                    memory.read(blocks.keys).toArray(ValueLayout.JAVA_INT),
                    memory.read(blocks.levels).toArray(ValueLayout.JAVA_FLOAT),
                    memory.read(blocks.time).toArray(ValueLayout.JAVA_FLOAT),
                    memory.read(blocks.loss.exampleWeights()).toArray(ValueLayout.JAVA_FLOAT));
        }
    }
}
