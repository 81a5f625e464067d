package gsdm.graph.problem;

import gsdm.graph.model.AncestralSampler;
import gsdm.graph.model.GraphicalModel;
import gsdm.tensor.random.RandomStream;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * How far the outputs of a network with sampled weights are from those of the true one, at the
 * observed inputs.
 *
 * <ul>
 *   <li>{@code rmse}: mean over observation sets of sqrt(Σ_i ‖f_θ(u_i) − f_θ̂(u_i)‖²);
 *   <li>{@code rmse_std}: standard deviation of that over observation sets, as published figures
 *       quote it;
 *   <li>{@code rmse_sem}: standard error of {@code rmse};
 *   <li>{@code rmse_zero}, {@code rmse_prior}: {@code rmse} of weights that are all zero, and of
 *       weights drawn from the prior;
 *   <li>{@code rmse_constant}: that of the mean of a set's outputs over its inputs, the best that
 *       can be said without looking at an input.
 * </ul>
 */
final class NetworkMetric implements Metric {
    private final GraphicalModel model;
    private final DirectNetwork network;

    NetworkMetric(GraphicalModel model, DirectNetwork network) {
        this.model = model;
        this.network = network;
    }

    @Override
    public SequencedMap<String, Double> score(
            List<float[]> truth, List<float[]> estimate, long key) {
        int sets = truth.size();
        double[] errors = new double[sets];
        double zero = 0;
        double prior = 0;
        double constant = 0;
        AncestralSampler sampler = model.sampler();
        float[] zeros = new float[model.nodeCount()];
        float[] draw = new float[model.nodeCount()];
        for (int set = 0; set < sets; set++) {
            sampler.draw(RandomStream.fork(key, set), draw);
            errors[set] = distance(truth.get(set), estimate.get(set));
            zero += distance(truth.get(set), zeros) / sets;
            prior += distance(truth.get(set), draw) / sets;
            constant += spread(truth.get(set)) / sets;
        }
        double mean = 0;
        for (double error : errors) {
            mean += error / sets;
        }
        double squares = 0;
        for (double error : errors) {
            squares += (error - mean) * (error - mean);
        }
        double std = Math.sqrt(squares / Math.max(1, sets - 1));
        SequencedMap<String, Double> figures = new LinkedHashMap<>();
        figures.put("rmse", mean);
        figures.put("rmse_std", std);
        figures.put("rmse_sem", std / Math.sqrt(sets));
        figures.put("rmse_zero", zero);
        figures.put("rmse_prior", prior);
        figures.put("rmse_constant", constant);
        return figures;
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
