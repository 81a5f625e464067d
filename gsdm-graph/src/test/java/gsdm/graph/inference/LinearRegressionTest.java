package gsdm.graph.inference;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.graph.model.Array;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.nn.network.WeightKind;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.Random;

/**
 * Regression written as on paper, y[i] = sum over k of X[i, k] w[k], + noise, over exchangeable k,
 * against the closed form: w given X and y is normal with precision P = I + X'X / noise² and mean
 * P⁻¹ X'y / noise².
 */
class LinearRegressionTest {
    private static final int POINTS = 10;
    private static final double NOISE = 0.5;
    private static final int SEED = 5;

    private static final GraphicalModel MODEL =
            GraphicalModel.define(m -> {
                Plate i = m.plate("i", POINTS);
                Plate k = m.plate("k", 2);
                Array x = m.normal("X", i, k);
                Array w = m.normal("w", k);
                Array e = m.normal("e", 0, NOISE, i);
                m.let("y", x.at(i, k).times(w.at(k)).sum(k).plus(e.at(i)), i);
            });

    /** How far samples are from the closed form, over data sets and both weights. */
    private record Fit(double meanError, double deviationRatio) {}

    @Test
    void weightsOfOneEmbeddingAreToldApart() {
        RunSettings small =
                RunSettings.DEFAULTS
                        .with(ModelSettings.DEFAULTS.withChannels(32).withLayers(4).withGroups(8))
                        .with(
                                TrainingSettings.DEFAULTS
                                        .withBatch(32)
                                        .withLearningRate(3e-3)
                                        .withWarmup(50)
                                        .withEmaDecay(0.99));
        // Where nothing says which weight is of which column, 4.5 and 3.6 at this length.
        Fit fit = fit(small, 400, 40, 24);
        assertThat(fit.meanError).as("of seed " + SEED).isLessThan(3);
        assertThat(fit.deviationRatio).as("of seed " + SEED).isBetween(0.7, 2.0);
    }

    /** Five minutes on two cores: the default network, trained until it is right. */
    @Test
    @Tag("slow")
    void posteriorsAreThoseOfTheClosedForm() {
        Fit fit = fit(RunSettings.DEFAULTS, 35_000, 100, 100);
        assertThat(fit.meanError).as("of seed " + SEED).isLessThan(0.3);
        assertThat(fit.deviationRatio).as("of seed " + SEED).isBetween(0.85, 1.1);
    }

    private static Fit fit(RunSettings settings, int steps, int dataSets, int samples) {
        try (Backend backend = Backends.open(Backends.AUTO, 2);
                Training training =
                        Training.start(
                                backend, MODEL, Conditioning.fixed("X", "y"), settings, 0, steps)) {
            training.run(steps);
            try (Posterior posterior =
                    training.posterior(
                            WeightKind.EMA, SamplingSettings.DEFAULTS.withGibbsSweeps(0))) {
                return fit(posterior, dataSets, samples);
            }
        }
    }

    private static Fit fit(Posterior posterior, int dataSets, int samples) {
        Random random = new Random(SEED);
        double squares = 0;
        double ratios = 0;
        for (int set = 0; set < dataSets; set++) {
            double[] w = {random.nextGaussian(), random.nextGaussian()};
            float[] x = new float[POINTS * 2];
            float[] y = new float[POINTS];
            double[] precision = {1, 0, 1}; // [0, 0], [0, 1], [1, 1]
            double[] right = new double[2];
            for (int i = 0; i < POINTS; i++) {
                x[2 * i] = (float) random.nextGaussian();
                x[2 * i + 1] = (float) random.nextGaussian();
                y[i] =
                        (float)
                                (x[2 * i] * w[0]
                                        + x[2 * i + 1] * w[1]
                                        + NOISE * random.nextGaussian());
                precision[0] += x[2 * i] * x[2 * i] / (NOISE * NOISE);
                precision[1] += x[2 * i] * x[2 * i + 1] / (NOISE * NOISE);
                precision[2] += x[2 * i + 1] * x[2 * i + 1] / (NOISE * NOISE);
                right[0] += x[2 * i] * y[i] / (NOISE * NOISE);
                right[1] += x[2 * i + 1] * y[i] / (NOISE * NOISE);
            }
            double determinant = precision[0] * precision[2] - precision[1] * precision[1];
            double[] mean = {
                (precision[2] * right[0] - precision[1] * right[1]) / determinant,
                (precision[0] * right[1] - precision[1] * right[0]) / determinant
            };
            double[] deviation = {
                Math.sqrt(precision[2] / determinant), Math.sqrt(precision[0] / determinant)
            };
            float[] sampled =
                    posterior
                            .sample(Observations.of(MODEL, "X", x).and("y", y), samples, set)
                            .array("w");
            for (int k = 0; k < 2; k++) {
                double sum = 0;
                for (int s = 0; s < samples; s++) {
                    sum += sampled[2 * s + k];
                }
                double around = 0;
                for (int s = 0; s < samples; s++) {
                    around += Math.pow(sampled[2 * s + k] - sum / samples, 2);
                }
                squares += Math.pow((sum / samples - mean[k]) / deviation[k], 2);
                ratios += Math.sqrt(around / (samples - 1)) / deviation[k];
            }
        }
        return new Fit(Math.sqrt(squares / (2 * dataSets)), ratios / (2 * dataSets));
    }
}
