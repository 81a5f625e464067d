package gsdm.graph.problem;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * How far the outputs of a network with sampled weights are from those of the true one, at the
 * observed inputs.
 *
 * <ul>
 *   <li>{@code rmse}: mean over observation sets of sqrt(Σ_i ‖f_θ(u_i) − f_θ̂(u_i)‖²);
 *   <li>{@code rmse_std}: standard deviation of that over observation sets, as published figures
 *       quote it;
 *   <li>{@code rmse_zero}, {@code rmse_prior}: {@code rmse} of weights that are all zero, and of
 *       weights drawn from the prior;
 *   <li>{@code rmse_constant}: that of the mean of a set's outputs over its inputs, the best that
 *       can be said without looking at an input.
 * </ul>
 */
final class NetworkMetric implements Metric {
    private final DirectNetwork network;

    NetworkMetric(DirectNetwork network) {
        this.network = network;
    }

    @Override
    public SequencedMap<String, Figure> figures() {
        SequencedMap<String, Figure> figures = new LinkedHashMap<>();
        figures.put("rmse", means -> means[0]);
        figures.put("rmse_std", means -> Math.sqrt(Math.max(0, means[1] - means[0] * means[0])));
        figures.put("rmse_zero", means -> means[2]);
        figures.put("rmse_prior", means -> means[3]);
        figures.put("rmse_constant", means -> means[4]);
        return figures;
    }

    @Override
    public double[] terms(float[] truth, float[] estimate, float[] prior) {
        double error = distance(truth, estimate);
        return new double[] {
            error,
            error * error,
            distance(truth, new float[truth.length]),
            distance(truth, prior),
            spread(truth)
        };
    }

    private double distance(float[] truth, float[] estimate) {
        double squares = 0;
        for (int pass = 0; pass < network.passes(); pass++) {
            double[] expected = network.output(truth, truth, pass);
            double[] found = network.output(estimate, truth, pass);
            for (int i = 0; i < expected.length; i++) {
                squares += (expected[i] - found[i]) * (expected[i] - found[i]);
            }
        }
        return Math.sqrt(squares);
    }

    /** How far the outputs are from their mean over the passes. */
    private double spread(float[] truth) {
        double[][] outputs = new double[network.passes()][];
        Arrays.setAll(outputs, pass -> network.output(truth, truth, pass));
        double squares = 0;
        for (int i = 0; i < outputs[0].length; i++) {
            double mean = 0;
            for (double[] output : outputs) {
                mean += output[i] / outputs.length;
            }
            for (double[] output : outputs) {
                squares += (output[i] - mean) * (output[i] - mean);
            }
        }
        return Math.sqrt(squares);
    }
}
