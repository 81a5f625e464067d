package gsdm.graph.inference;

import gsdm.graph.inference.CalibratedModel.Moments;
import gsdm.graph.model.AncestralSampler;
import gsdm.graph.model.GraphicalModel;
import gsdm.tensor.random.RandomStream;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How far samples are from exact posteriors, over D data sets that the model gives and the n nodes
 * of an array, S samples of each. With sampled mean m and variance v (unbiased), exact mean μ and
 * variance σ², averages over data sets and nodes:
 *
 * <p>deviation: √⟨v / σ²⟩; mean error: √⟨((m − μ)² − v / S) / σ²⟩, 0 where that is below. Neither
 * depends on S but for chance.
 *
 * @param deviation sampled over exact
 * @param meanError in exact deviations
 */
record Fit(double deviation, double meanError) {
    /**
     * Variance below which a node is left out: a category of 99% or more, whose others are too rare
     * to be counted in so few samples. No continuous node here is known as well.
     */
    private static final double NEARLY_KNOWN = 0.01;

    /** Of each array asked for. */
    static Map<String, Fit> of(
            CalibratedModel known, Posterior posterior, int dataSets, int samples, long seed) {
        GraphicalModel model = known.model();
        int nodes = model.nodeCount();
        float[][] draws = new float[dataSets][nodes];
        AncestralSampler prior = model.sampler();
        for (int d = 0; d < dataSets; d++) {
            prior.draw(RandomStream.fork(RandomStream.seed(seed), d), draws[d]);
        }
        Observations observations = Observations.none(model, dataSets);
        for (String array : known.observed()) {
            float[] all = new float[dataSets * model.count(array)];
            for (int d = 0; d < dataSets; d++) {
                System.arraycopy(
                        draws[d],
                        model.offset(array),
                        all,
                        d * model.count(array),
                        model.count(array));
            }
            observations = observations.and(array, all);
        }
        Samples sampled = posterior.sample(observations, samples, seed);
        Map<String, Fit> fits = new LinkedHashMap<>();
        for (String array : known.asked()) {
            fits.put(array, of(known, draws, array, sampled.array(array), samples));
        }
        return fits;
    }

    /** Of one array, [D, S, n]. */
    private static Fit of(
            CalibratedModel known, float[][] draws, String array, float[] sampled, int samples) {
        int count = known.model().count(array);
        double variances = 0;
        double errors = 0;
        int compared = 0;
        for (int d = 0; d < draws.length; d++) {
            Moments[] exact = known.posterior(draws[d]).get(array);
            for (int n = 0; n < count; n++) {
                double sum = 0;
                double squares = 0;
                for (int s = 0; s < samples; s++) {
                    double away = sampled[(d * samples + s) * count + n] - exact[n].mean();
                    sum += away;
                    squares += away * away;
                }
                double mean = sum / samples;
                double variance = (squares - samples * mean * mean) / (samples - 1);
                double expected = exact[n].deviation() * exact[n].deviation();
                if (expected < NEARLY_KNOWN) {
                    continue;
                }
                variances += variance / expected;
                errors += (mean * mean - variance / samples) / expected;
                compared++;
            }
        }
        return new Fit(Math.sqrt(variances / compared), Math.sqrt(Math.max(0, errors / compared)));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f±%.3f", deviation, meanError);
    }
}
