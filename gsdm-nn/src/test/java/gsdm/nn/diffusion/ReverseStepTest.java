package gsdm.nn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReverseStepTest {
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.standard();

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 999})
    void withEtaOneItIsThePosteriorOfHo(int t) {
        double beta = SCHEDULE.beta(t);
        double now = SCHEDULE.alphaBar(t);
        double then = SCHEDULE.alphaBar(t - 1);
        ReverseStep step = ReverseStep.of(SCHEDULE, t, t - 1, 1);
        assertThat(step.clean()).isEqualTo(Math.sqrt(then) * beta / (1 - now), within(1e-12));
        assertThat(step.noised())
                .isEqualTo(Math.sqrt(1 - beta) * (1 - then) / (1 - now), within(1e-12));
        assertThat(step.deviation())
                .isEqualTo(Math.sqrt((1 - then) / (1 - now) * beta), within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"999, 499, 0", "999, 499, 1", "207, 13, 0.5", "1, 0, 1"})
    void aNoisedValueKeepsItsMarginal(int t, int s, double eta) {
        double now = SCHEDULE.alphaBar(t);
        double then = SCHEDULE.alphaBar(s);
        ReverseStep step = ReverseStep.of(SCHEDULE, t, s, eta);
        double mean = step.clean() + step.noised() * Math.sqrt(now);
        double variance =
                step.noised() * step.noised() * (1 - now) + step.deviation() * step.deviation();
        assertThat(mean).isEqualTo(Math.sqrt(then), within(1e-12));
        assertThat(variance).isEqualTo(1 - then, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1})
    void theLastStepGivesTheCleanValue(double eta) {
        assertThat(ReverseStep.of(SCHEDULE, 0, -1, eta))
                .isEqualTo(new ReverseStep(1, 0, 0, 0, 0, 0));
    }

    /** Where the prediction changes along a line in log(signal/level), two steps are exact. */
    @Test
    void theMultistepExtrapolatesAlongTheLogarithmOfTheRatio() {
        int[] t = {700, 400, 150};
        double[] at = new double[3];
        for (int i = 0; i < 3; i++) {
            at[i] = Math.log(SCHEDULE.signal(t[i]) / SCHEDULE.level(t[i]));
        }
        ReverseStep first = ReverseStep.of(SCHEDULE, t[1], t[2], 0);
        ReverseStep step = ReverseStep.multistep(SCHEDULE, t[0], t[1], t[2]);
        assertThat(step.noised()).isEqualTo(first.noised());
        assertThat(step.clean() + step.previous()).isEqualTo(first.clean(), within(1e-12));
        double middle = (at[1] + at[2]) / 2;
        assertThat(step.clean() * at[1] + step.previous() * at[0])
                .isEqualTo(first.clean() * middle, within(1e-12));
        assertThat(ReverseStep.multistep(SCHEDULE, 3, 1, -1))
                .isEqualTo(new ReverseStep(1, 0, 0, 0, 0, 0));
    }

    /** For x0 ~ N(m, s²) the best denoiser is known, so is what its samples must look like. */
    @ParameterizedTest
    @CsvSource({"0, 0.3", "1, 0.3", "0, 1.7", "1, 1.7"})
    void samplesOfAGaussianHaveItsMoments(double eta, double s) {
        double m = 0.8;
        double end = SCHEDULE.finalAlphaBar();
        double mean = Math.sqrt(end) * m;
        double variance = end * s * s + 1 - end;
        for (int t = SCHEDULE.steps() - 1; t >= 0; t--) {
            ReverseStep step = ReverseStep.of(SCHEDULE, t, t - 1, eta);
            double now = SCHEDULE.alphaBar(t);
            // E[x0 | x] = m + gain·(x − √ᾱ·m)
            double gain = Math.sqrt(now) * s * s / (now * s * s + 1 - now);
            double factor = step.noised() + step.clean() * gain;
            mean = factor * mean + step.clean() * m * (1 - gain * Math.sqrt(now));
            variance = factor * factor * variance + step.deviation() * step.deviation();
        }
        assertThat(mean).isEqualTo(m, within(1e-3));
        assertThat(Math.sqrt(variance)).isEqualTo(s, within(0.02 * s));
    }
}
