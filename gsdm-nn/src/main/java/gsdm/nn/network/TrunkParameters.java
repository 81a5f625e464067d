package gsdm.nn.network;

import gsdm.nn.layout.Dims;
import gsdm.nn.layout.LayoutSignature;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Projection;
import gsdm.tensor.program.Residuals;
import gsdm.tensor.program.Slot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parameters of a network, which slot is what, and how each starts. The layer that ends each
 * residual and attention branch starts at zero, so a new network is its skip connections (Ho et al.
 * 2020), and so does the last one: a new network predicts zero.
 */
final class TrunkParameters {
    private final Parameters parameters = new Parameters();
    private final Ends ends;
    private final List<Layer> layers = new ArrayList<>();
    private final Optional<Linear> features;

    /** A linear layer: weight [L, K], bias [L]. */
    record Linear(Slot weight, Slot bias) {}

    /** A norm: weight [C], bias [C]. */
    record Norm(Slot weight, Slot bias) {}

    /** What comes before and after the layers. */
    record Ends(
            Slot embeddings,
            Slot observedEmbedding,
            Linear time0,
            Linear time1,
            List<Projection> inputs,
            List<Projection> outputs) {}

    /** Two linear layers beside a skip connection, with the time step and the node's embedding. */
    record ResidualBlock(
            Norm norm1, Linear conv1, Linear time, Linear variable, Norm norm2, Linear conv2) {}

    /** Attention beside a skip connection; qkv has queries, keys and values side by side. */
    record AttentionBlock(Norm norm, Linear qkv, Linear out) {}

    record Layer(ResidualBlock residual, AttentionBlock attention) {}

    TrunkParameters(NetworkConfig config, LayoutSignature signature) {
        int channels = config.channels();
        Dim c = Dim.of(channels);
        Dim rows = Dim.of(signature.tableRows());
        Slot embeddings = parameters.declare("embeddings", Initialisation.NORMAL, rows, c);
        Slot observed = parameters.declare("observed_embedding", Initialisation.NORMAL, c);
        Linear time0 = linear("time.0", channels, channels);
        Linear time1 = hidden("time.1", channels, 1);
        List<Projection> inputs = new ArrayList<>();
        List<Projection> outputs = new ArrayList<>();
        for (NodeKind kind : Dims.kinds(signature)) {
            Linear linear = linear("input." + kind.options(), kind.options(), channels);
            inputs.add(new Projection(kind, linear.weight(), linear.bias()));
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(layer("layers." + layer, channels));
        }
        for (NodeKind kind : Dims.kinds(signature)) {
            Linear linear =
                    linear(
                            "output." + kind.options(),
                            channels,
                            kind.options(),
                            Initialisation.ZERO);
            outputs.add(new Projection(kind, linear.weight(), linear.bias()));
        }
        ends = new Ends(embeddings, observed, time0, time1, inputs, outputs);
        // Last, and from zero: a new network computes what one without them does.
        features =
                config.programFeatures()
                        ? Optional.of(
                                linear(
                                        "features",
                                        Residuals.FEATURES * signature.arrays().size(),
                                        channels,
                                        Initialisation.ZERO))
                        : Optional.empty();
    }

    private Layer layer(String name, int channels) {
        String residual = name + ".residual.";
        String attention = name + ".attention.";
        return new Layer(
                new ResidualBlock(
                        norm(residual + "norm1", channels),
                        hidden(residual + "conv1", channels, 1),
                        hidden(residual + "time", channels, 1),
                        hidden(residual + "variable", channels, 1),
                        norm(residual + "norm2", channels),
                        hidden(residual + "conv2", channels, 1, Initialisation.ZERO)),
                new AttentionBlock(
                        norm(attention + "norm", channels),
                        hidden(attention + "qkv", channels, 3),
                        hidden(attention + "out", channels, 1, Initialisation.ZERO)));
    }

    /** Of values, or of numbers that stand for a time step. */
    private Linear linear(String name, int in, int out) {
        return linear(name, in, out, new Initialisation.Uniform(in));
    }

    private Linear linear(String name, int in, int out, Initialisation start) {
        return new Linear(
                parameters.declare(name + ".weight", start, Dim.of(out), Dim.of(in)),
                parameters.declare(name + ".bias", start, Dim.of(out)));
    }

    /** Of activations, {@code parts} results side by side. */
    private Linear hidden(String name, int channels, int parts) {
        return hidden(name, channels, parts, new Initialisation.Uniform(channels));
    }

    private Linear hidden(String name, int channels, int parts, Initialisation start) {
        Dim out = Dim.of(parts * channels);
        return new Linear(
                parameters.declareHidden(name + ".weight", start, parts, out, Dim.of(channels)),
                parameters.declare(name + ".bias", start, out));
    }

    private Norm norm(String name, int channels) {
        return new Norm(
                parameters.declare(name + ".weight", Initialisation.ONE, Dim.of(channels)),
                parameters.declare(name + ".bias", Initialisation.ZERO, Dim.of(channels)));
    }

    Parameters parameters() {
        return parameters;
    }

    Ends ends() {
        return ends;
    }

    /** Of program features, where the network has them. */
    Optional<Linear> features() {
        return features;
    }

    List<Layer> layers() {
        return layers;
    }
}
