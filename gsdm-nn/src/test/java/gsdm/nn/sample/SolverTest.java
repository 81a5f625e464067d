package gsdm.nn.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.diffusion.NoiseSchedule;
import gsdm.nn.diffusion.PredictorCorrector;
import gsdm.nn.diffusion.ReverseStep;
import gsdm.nn.sample.SamplerConfig.Discrete;
import gsdm.nn.sample.SamplerConfig.Solver;
import gsdm.nn.sample.SamplerConfig.Spacing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.PrimitiveIterator;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

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

        /** From a start, with the noise of each step. */
        double sample(double start, PredictorCorrector steps, int[] times, DoubleSupplier noise) {
            double state = start;
            double remembered = 0;
            double earlier = 0;
            for (int i = 0; i < times.length; i++) {
                ReverseStep step = steps.step(i);
                double clean = clean(state, times[i]);
                state =
                        step.clean() * clean
                                + step.noised() * state
                                + step.previous() * remembered
                                + step.earlier() * earlier
                                + step.deviation() * noise.getAsDouble();
                earlier = remembered;
                remembered = clean + step.gain() * (clean - remembered);
            }
            return state;
        }

        /** Without noise. */
        double sample(double start, int[] times) {
            return sample(start, new PredictorCorrector(COSINE, times, 0), times, () -> 0);
        }

        double mean() {
            double sum = 0;
            for (int k = 0; k < means.length; k++) {
                sum += weights[k] * means[k];
            }
            return sum;
        }

        double standardDeviation() {
            double variance = deviation * deviation;
            for (int k = 0; k < means.length; k++) {
                variance += weights[k] * Math.pow(means[k] - mean(), 2);
            }
            return Math.sqrt(variance);
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

    /** With noise; samples are then sums of the start and of every step's noise. */
    @ParameterizedTest
    @CsvSource({"25, 1, 0.01", "25, 2, 0.017", "50, 1, 0.003", "50, 2, 0.014"})
    void aGaussianIsAsWideAsItShouldBeWithNoise(int count, double eta, double tolerance) {
        int[] times = times(count);
        PredictorCorrector steps = new PredictorCorrector(COSINE, times, eta);
        for (double s : new double[] {1, 0.7, 0.4, 0.2, 0.1, 0.05, 0.02}) {
            Mixture gaussian = new Mixture(new double[] {1}, new double[] {0}, s);
            double variance = Math.pow(gaussian.sample(1, steps, times, () -> 0), 2);
            for (int noised = 0; noised < count; noised++) {
                PrimitiveIterator.OfDouble noise = one(noised, count);
                variance += Math.pow(gaussian.sample(0, steps, times, noise::nextDouble), 2);
            }
            assertThat(Math.sqrt(variance) / s).isEqualTo(1, within(tolerance));
        }
    }

    private static PrimitiveIterator.OfDouble one(int place, int count) {
        return IntStream.range(0, count).mapToDouble(i -> i == place ? 1 : 0).iterator();
    }

    /** On a line a sampler without noise moves quantiles to quantiles. */
    @ParameterizedTest
    @CsvSource({"0.5, -1, 1, 0.1", "0.3, -0.5, 0.5, 0.15", "0.95, 0, 2, 0.4"})
    void aMixtureHasItsMoments(double weight, double first, double second, double s) {
        Mixture mixture =
                new Mixture(new double[] {weight, 1 - weight}, new double[] {first, second}, s);
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
        requireMoments(mixture, sum / total, squares / total, 0.005);
    }

    @ParameterizedTest
    @CsvSource({"0.5, -1, 1, 0.1", "0.3, -0.5, 0.5, 0.15", "0.95, 0, 2, 0.4"})
    void aMixtureHasItsMomentsWithNoise(double weight, double first, double second, double s) {
        Mixture mixture =
                new Mixture(new double[] {weight, 1 - weight}, new double[] {first, second}, s);
        int[] times = times(25);
        PredictorCorrector steps = new PredictorCorrector(COSINE, times, 2);
        SplittableRandom random = new SplittableRandom(1);
        int samples = 100_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < samples; i++) {
            double x = mixture.sample(random.nextGaussian(), steps, times, random::nextGaussian);
            sum += x;
            squares += x * x;
        }
        requireMoments(mixture, sum / samples, squares / samples, 0.025);
    }

    private static void requireMoments(
            Mixture mixture, double mean, double square, double tolerance) {
        double deviation = mixture.standardDeviation();
        assertThat((mean - mixture.mean()) / deviation).isEqualTo(0, within(tolerance));
        assertThat(Math.sqrt(square - mean * mean) / deviation).isEqualTo(1, within(tolerance));
    }

    @Test
    void oneStepGivesTheMean() {
        Mixture gaussian = new Mixture(new double[] {1}, new double[] {0.3}, 0.5);
        assertThat(gaussian.sample(1, times(1))).isEqualTo(0.3, within(1e-4));
    }
}
