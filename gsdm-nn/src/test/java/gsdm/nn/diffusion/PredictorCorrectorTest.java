package gsdm.nn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredictorCorrectorTest {
    private static final NoiseSchedule COSINE =
            NoiseSchedule.of(NoiseSchedule.Kind.COSINE, 1000, 0, 0);

    /**
     * Where the prediction changes along a line in asinh(w), all is exact after the second step.
     */
    @Test
    void theCorrectedStepsAreExactAlongALine() {
        int[] times = {900, 700, 400, 150, 20};
        PredictorCorrector steps = new PredictorCorrector(COSINE, times, 0);
        double slope = 0.3;
        double state = 0.7;
        double first = COSINE.asinhRatio(900);
        double from = COSINE.signal(900) / COSINE.level(900);
        double start = state / COSINE.level(900);
        double[] clean = {0, 0, 0};
        for (int i = 0; i < 4; i++) {
            ReverseStep step = steps.step(i);
            clean =
                    new double[] {
                        2 + slope * (COSINE.asinhRatio(times[i]) - first), clean[0], clean[1]
                    };
            state =
                    step.clean() * clean[0]
                            + step.noised() * state
                            + step.previous() * clean[1]
                            + step.earlier() * clean[2];
            if (i > 0) {
                double w = COSINE.signal(times[i + 1]) / COSINE.level(times[i + 1]);
                double area = 0; // of the line over w, by the midpoint rule
                int parts = 100_000;
                for (int p = 0; p < parts; p++) {
                    double at = from + (w - from) * (p + 0.5) / parts;
                    double u = Math.log(at + Math.sqrt(1 + at * at));
                    area += (2 + slope * (u - first)) * (w - from) / parts;
                }
                assertThat(state / COSINE.level(times[i + 1]))
                        .isEqualTo(start + area, within(1e-6));
            }
        }
        ReverseStep last = steps.step(4);
        double now = Math.pow(COSINE.level(20) / COSINE.signal(20), 2);
        double before = Math.pow(COSINE.level(150) / COSINE.signal(150), 2);
        assertThat(last.clean() + last.previous()).isEqualTo(1, within(1e-12));
        assertThat(last.clean() * now + last.previous() * before).isEqualTo(0, within(1e-12));
        assertThat(last.noised()).isZero();
        assertThat(new PredictorCorrector(COSINE, new int[] {999}, 0).step(0))
                .isEqualTo(new ReverseStep(1, 0, 0, 0, 0, 0));
    }

    /** Where the prediction is the clean value from the first step on, so is what a step is of. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1, 2, 4})
    void aKnownValueKeepsItsMarginal(double eta) {
        int[] times = {900, 700, 400, 150, 20};
        PredictorCorrector steps = new PredictorCorrector(COSINE, times, eta);
        double mean = COSINE.signal(900);
        double variance = COSINE.level(900) * COSINE.level(900);
        for (int i = 0; i < 4; i++) {
            ReverseStep step = steps.step(i);
            mean = step.clean() + step.noised() * mean + step.previous() + step.earlier();
            variance =
                    step.noised() * step.noised() * variance + step.deviation() * step.deviation();
            assertThat(mean).isEqualTo(COSINE.signal(times[i + 1]), within(1e-12));
            assertThat(variance).isEqualTo(1 - COSINE.alphaBar(times[i + 1]), within(1e-12));
        }
        ReverseStep last = steps.step(4);
        assertThat(last.clean() + last.previous()).isEqualTo(1, within(1e-12));
        assertThat(last.noised()).isZero();
        assertThat(last.deviation()).isZero();
    }

    @Test
    void noiseIsAddedOnceThereIsTwiceAsMuchSignal() {
        int[] times = {900, 400, 250, 20};
        PredictorCorrector steps = new PredictorCorrector(COSINE, times, 2);
        assertThat(COSINE.signal(400) / COSINE.level(400)).isLessThan(2);
        assertThat(COSINE.signal(250) / COSINE.level(250)).isGreaterThan(2);
        assertThat(steps.step(0).deviation()).isZero();
        assertThat(steps.step(1).deviation()).isZero();
        assertThat(steps.step(2).deviation()).isPositive();
        assertThat(new PredictorCorrector(COSINE, times, 0).step(2).deviation()).isZero();
    }
}
