package gsdm.graph.problem;

import gsdm.graph.model.GraphicalModel;

import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * The network itself, in double precision, as plain loops over its layers: independent of the
 * generative program, which it reads nothing from but where weights and inputs lie.
 */
final class DirectNetwork {
    private final NetworkSpec spec;
    private final List<FeatureShape> shapes;
    private final GraphicalModel model;

    DirectNetwork(NetworkSpec spec, FeatureShape input, GraphicalModel model) {
        this.spec = spec;
        this.shapes = spec.shapes(input);
        this.model = model;
    }

    /** Number of passes. */
    int passes() {
        return model.shape("x")[0];
    }

    /**
     * The output for one input.
     *
     * @param weights values of which the weights and biases are used, {@code [N]}
     * @param inputs values of which the inputs are used, {@code [N]}
     * @param pass which input
     * @return {@code [channels, height, width]}
     */
    double[] output(float[] weights, float[] inputs, int pass) {
        FeatureShape input = shapes.getFirst();
        double[] values = new double[input.channels() * input.height() * input.width()];
        for (int at = 0; at < values.length; at++) {
            values[at] = inputs[model.offset("x") + pass * values.length + at];
        }
        for (int l = 1; l < shapes.size(); l++) {
            values = layer(spec.layers().get(l - 1), l, values, weights);
        }
        return values;
    }

    private double[] layer(Layer layer, int l, double[] in, float[] theta) {
        return switch (layer) {
            case Layer.Conv conv -> convolve(conv, l, in, theta);
            case Layer.Linear linear -> multiply(linear, l, in, theta);
            case Layer.MaxPool pool -> maxPool(in, shapes.get(l - 1), shapes.get(l), pool.size());
            case Layer.Relu _ -> {
                double[] out = in.clone();
                for (int i = 0; i < out.length; i++) {
                    out[i] = activated(out[i], true);
                }
                yield out;
            }
        };
    }

    private IntToDoubleFunction bias(int l, boolean present, float[] theta) {
        if (!present) {
            return _ -> 0;
        }
        int offset = model.offset("b" + l);
        return channel -> theta[offset + channel];
    }

    private double[] convolve(Layer.Conv conv, int l, double[] in, float[] theta) {
        FeatureShape from = shapes.get(l - 1);
        FeatureShape to = shapes.get(l);
        IntToDoubleFunction bias = bias(l, conv.bias(), theta);
        double[] out = new double[to.channels() * to.height() * to.width()];
        int at = 0;
        for (int o = 0; o < to.channels(); o++) {
            for (int y = 0; y < to.height(); y++) {
                for (int x = 0; x < to.width(); x++) {
                    double sum = 0;
                    int w = model.offset("W" + l) + o * from.fanIn(conv);
                    for (int c = 0; c < from.channels(); c++) {
                        for (int ky = 0; ky < conv.kernel(); ky++) {
                            int row = c * from.height() + y * conv.stride() + ky;
                            for (int kx = 0; kx < conv.kernel(); kx++) {
                                int column = x * conv.stride() + kx;
                                sum += in[row * from.width() + column] * theta[w++];
                            }
                        }
                    }
                    out[at++] = activated(sum + bias.applyAsDouble(o), conv.relu());
                }
            }
        }
        return out;
    }

    private double[] multiply(Layer.Linear linear, int l, double[] in, float[] theta) {
        int w = model.offset("W" + l);
        IntToDoubleFunction bias = bias(l, linear.bias(), theta);
        double[] out = new double[linear.units()];
        for (int o = 0; o < out.length; o++) {
            double sum = 0;
            for (int i = 0; i < in.length; i++) {
                sum += in[i] * theta[w + o * in.length + i];
            }
            out[o] = activated(sum + bias.applyAsDouble(o), linear.relu());
        }
        return out;
    }

    private static double[] maxPool(double[] in, FeatureShape from, FeatureShape to, int size) {
        double[] out = new double[to.channels() * to.height() * to.width()];
        int at = 0;
        for (int c = 0; c < to.channels(); c++) {
            for (int y = 0; y < to.height(); y++) {
                for (int x = 0; x < to.width(); x++) {
                    double most = Double.NEGATIVE_INFINITY;
                    for (int dy = 0; dy < size; dy++) {
                        for (int dx = 0; dx < size; dx++) {
                            int row = c * from.height() + y * size + dy;
                            most = Math.max(most, in[row * from.width() + x * size + dx]);
                        }
                    }
                    out[at++] = most;
                }
            }
        }
        return out;
    }

    private static double activated(double value, boolean relu) {
        return relu ? Math.max(value, 0) : value;
    }
}
