package gsdm.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;

class NoiserTest {
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
}
