package gsdm.nn.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.ReverseStep;
import gsdm.nn.sample.SamplerConfig.Discrete;
import gsdm.nn.sample.SamplerConfig.Solver;
import gsdm.nn.sample.SamplerConfig.Spacing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arithmetic of the default sampler on the best denoiser there is, which no network is. */
class SolverTest {
    private static final NoiseSchedule COSINE =
            NoiseSchedule.of(NoiseSchedule.Kind.COSINE, 1000, 0, 0);

    /** E[x_0 | x_t] for a mixture of Gaussians of one deviation. */
    private record Mixture(double[] weights, double[] means, double deviation) {
        double clean(double x, int t) {
            double signal = COSINE.signal(t);
            double variance = COSINE.alphaBar(t) * deviation * deviation + 1 - COSINE.alphaBar(t);
            double total = 0;
            double sum = 0;
            double least = Double.POSITIVE_INFINITY;
            for (double mean : means) {
                least = Math.min(least, Math.abs(x - signal * mean));
            }
            for (int k = 0; k < means.length; k++) {
                double away = x - signal * means[k];
                double each = weights[k] * Math.exp((least * least - away * away) / (2 * variance));
                total += each;
                sum += each * (means[k] + signal * deviation * deviation / variance * away);
            }
            return sum / total;
        }

        double sample(double start, int[] times) {
            double state = start;
            double[] clean = {0, 0, 0};
            for (int i = 0; i < times.length; i++) {
                ReverseStep step = ReverseStep.corrected(COSINE, times, i);
                clean = new double[] {clean(state, times[i]), clean[0], clean[1]};
                state =
                        step.clean() * clean[0]
                                + step.noised() * state
                                + step.previous() * clean[1]
                                + step.earlier() * clean[2];
            }
            return state;
        }
    }

    private static int[] times(int steps) {
        return new SamplerConfig(
                        Solver.UNI_PC,
                        steps,
                        0,
                        Spacing.ASINH,
                        Double.POSITIVE_INFINITY,
                        Discrete.ARGMAX)
                .timeSteps(COSINE);
    }

    /** However tight a posterior is beside the prior, down to a fiftieth of it. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 0.7, 0.4, 0.2, 0.1, 0.05, 0.02})
    void aGaussianIsAsWideAsItShouldBe(double s) {
        for (double m : new double[] {0, 1}) {
            Mixture gaussian = new Mixture(new double[] {1}, new double[] {m}, s);
            double middle = gaussian.sample(0, times(25));
            assertThat((gaussian.sample(1, times(25)) - middle) / s).isEqualTo(1, within(0.002));
            assertThat(middle).isEqualTo(m, within(2e-4 * s));
            assertThat((gaussian.sample(1, times(15)) - gaussian.sample(0, times(15))) / s)
                    .isEqualTo(1, within(0.006));
        }
    }

    /** On a line a sampler without noise moves quantiles to quantiles. */
    @ParameterizedTest
    @CsvSource({"0.5, -1, 1, 0.1", "0.3, -0.5, 0.5, 0.15", "0.95, 0, 2, 0.4"})
    void aMixtureHasItsMoments(double weight, double first, double second, double s) {
        Mixture mixture =
                new Mixture(new double[] {weight, 1 - weight}, new double[] {first, second}, s);
        double mean = weight * first + (1 - weight) * second;
        double variance =
                s * s
                        + weight * Math.pow(first - mean, 2)
                        + (1 - weight) * Math.pow(second - mean, 2);
        double total = 0;
        double sum = 0;
        double squares = 0;
        for (double z = -6; z <= 6; z += 1e-3) {
            double density = Math.exp(-z * z / 2);
            double x = mixture.sample(z, times(25));
            total += density;
            sum += density * x;
            squares += density * x * x;
        }
        double sampled = sum / total;
        assertThat((sampled - mean) / Math.sqrt(variance)).isEqualTo(0, within(0.005));
        assertThat(Math.sqrt((squares / total - sampled * sampled) / variance))
                .isEqualTo(1, within(0.005));
    }

    @Test
    void oneStepGivesTheMean() {
        Mixture gaussian = new Mixture(new double[] {1}, new double[] {0.3}, 0.5);
        assertThat(gaussian.sample(1, times(1))).isEqualTo(0.3, within(1e-4));
    }
}
