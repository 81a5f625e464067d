package gsdm.nn.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.NoiseSchedule;
import gsdm.nn.sample.SamplerConfig.Discrete;
import gsdm.nn.sample.SamplerConfig.Spacing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PosteriorTest {
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.standard();

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 999})
    void withEtaOneItIsThePosteriorOfHo(int t) {
        double beta = SCHEDULE.beta(t);
        double now = SCHEDULE.alphaBar(t);
        double then = SCHEDULE.alphaBar(t - 1);
        Posterior step = Posterior.of(SCHEDULE, t, t - 1, 1);
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
        Posterior step = Posterior.of(SCHEDULE, t, s, eta);
        double mean = step.clean() + step.noised() * Math.sqrt(now);
        double variance =
                step.noised() * step.noised() * (1 - now) + step.deviation() * step.deviation();
        assertThat(mean).isEqualTo(Math.sqrt(then), within(1e-12));
        assertThat(variance).isEqualTo(1 - then, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1})
    void theLastStepGivesTheCleanValue(double eta) {
        assertThat(Posterior.of(SCHEDULE, 0, -1, eta)).isEqualTo(new Posterior(1, 0, 0));
    }

    /** For x0 ~ N(m, s²) the best denoiser is known, so is what its samples must look like. */
    @ParameterizedTest
    @CsvSource({"0, 0.3", "1, 0.3", "0, 1.7", "1, 1.7"})
    void samplesOfAGaussianHaveItsMoments(double eta, double s) {
        double m = 0.8;
        double end = SCHEDULE.finalAlphaBar();
        double mean = Math.sqrt(end) * m;
        double variance = end * s * s + 1 - end;
        int[] times = SamplerConfig.ddim(1000).timeSteps(1000);
        for (int i = 0; i < times.length; i++) {
            Posterior step =
                    Posterior.of(SCHEDULE, times[i], i + 1 < times.length ? times[i + 1] : -1, eta);
            double now = SCHEDULE.alphaBar(times[i]);
            // E[x0 | x] = m + gain·(x − √ᾱ·m)
            double gain = Math.sqrt(now) * s * s / (now * s * s + 1 - now);
            double factor = step.noised() + step.clean() * gain;
            mean = factor * mean + step.clean() * m * (1 - gain * Math.sqrt(now));
            variance = factor * factor * variance + step.deviation() * step.deviation();
        }
        assertThat(mean).isEqualTo(m, within(1e-3));
        assertThat(Math.sqrt(variance)).isEqualTo(s, within(0.02 * s));
    }

    @Test
    void timeStepsAreEvenlySpaced() {
        assertThat(SamplerConfig.ddim(4).timeSteps(1000)).containsExactly(999, 749, 499, 249);
        assertThat(SamplerConfig.ddim(3).timeSteps(10)).containsExactly(9, 5, 2);
        assertThat(leading(10).timeSteps(1000))
                .containsExactly(900, 800, 700, 600, 500, 400, 300, 200, 100, 0);
        assertThat(SamplerConfig.ddpm(5).timeSteps(5)).containsExactly(4, 3, 2, 1, 0);
        assertThatThrownBy(() -> SamplerConfig.ddim(11).timeSteps(10))
                .hasMessageContaining("11 sampling steps");
    }

    private static SamplerConfig leading(int steps) {
        return new SamplerConfig(
                steps, 0, Spacing.LEADING, Double.POSITIVE_INFINITY, Discrete.ARGMAX);
    }
}
