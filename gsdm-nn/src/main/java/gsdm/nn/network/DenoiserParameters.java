package gsdm.nn.network;

import gsdm.nn.diffusion.Prediction;
import gsdm.nn.layout.Dims;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.LayoutSignature;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Projection;
import gsdm.tensor.program.Slot;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parameters of a denoiser: one block, and which slot is what. */
final class DenoiserParameters {
    private static final Pattern INPUT = Pattern.compile("input\\.(\\d{1,9})\\.weight");
    private static final Pattern LAYER =
            Pattern.compile("layers\\.\\d+\\.residual\\.norm1\\.weight");

    private final Block block = new Block("parameters");
    private final Ends ends;
    private final List<Layer> layers = new ArrayList<>();

    /** A linear layer: weight [L, K], bias [L]. */
    record Linear(Slot weight, Slot bias) {}

    /** A group norm: weight [C], bias [C]. */
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

    DenoiserParameters(DenoiserConfig config, LayoutSignature signature) {
        int channels = config.channels();
        Dim c = Dim.of(channels);
        Slot embeddings = block.floats("embeddings", Dim.of(signature.tableRows()), c);
        Slot observed = block.floats("observed_embedding", c);
        Linear time0 = linear("time.0", channels, channels);
        Linear time1 = linear("time.1", channels, channels);
        List<Projection> inputs = new ArrayList<>();
        List<Projection> outputs = new ArrayList<>();
        for (int options : signature.options()) {
            Dim nodes = Dims.nodesWithOptions(signature, options);
            Linear linear = linear("input." + options, options, channels);
            inputs.add(new Projection(nodes, options, linear.weight(), linear.bias()));
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(layer("layers." + layer, channels));
        }
        for (int options : signature.options()) {
            Dim nodes = Dims.nodesWithOptions(signature, options);
            Linear linear = linear("output." + options, channels, options);
            outputs.add(new Projection(nodes, options, linear.weight(), linear.bias()));
        }
        ends = new Ends(embeddings, observed, time0, time1, inputs, outputs);
    }

    /** The names in the order of the block that has them; a name that no block has is left out. */
    static List<String> inOrder(Set<String> names) {
        List<Integer> options = new ArrayList<>();
        int layers = 0;
        for (String name : names) {
            Matcher input = INPUT.matcher(name);
            if (input.matches()) {
                options.add(Integer.valueOf(input.group(1)));
            }
            layers += LAYER.matcher(name).matches() ? 1 : 0;
        }
        Collections.sort(options);
        DenoiserConfig config =
                new DenoiserConfig(
                        4,
                        Math.max(1, layers),
                        1,
                        1,
                        Attention.Neighbours.SPARSE,
                        true,
                        Prediction.X0);
        LayoutSignature signature =
                new LayoutSignature(options, EmbeddingKind.EE, 1, 0, options.size());
        return new DenoiserParameters(config, signature)
                .block.slots().stream().map(Slot::name).filter(names::contains).toList();
    }

    private Layer layer(String name, int channels) {
        String residual = name + ".residual.";
        String attention = name + ".attention.";
        return new Layer(
                new ResidualBlock(
                        norm(residual + "norm1", channels),
                        linear(residual + "conv1", channels, channels),
                        linear(residual + "time", channels, channels),
                        linear(residual + "variable", channels, channels),
                        norm(residual + "norm2", channels),
                        linear(residual + "conv2", channels, channels)),
                new AttentionBlock(
                        norm(attention + "norm", channels),
                        linear(attention + "qkv", channels, 3 * channels),
                        linear(attention + "out", channels, channels)));
    }

    private Linear linear(String name, int in, int out) {
        return new Linear(
                block.floats(name + ".weight", Dim.of(out), Dim.of(in)),
                block.floats(name + ".bias", Dim.of(out)));
    }

    private Norm norm(String name, int channels) {
        return new Norm(
                block.floats(name + ".weight", Dim.of(channels)),
                block.floats(name + ".bias", Dim.of(channels)));
    }

    Block block() {
        return block;
    }

    Ends ends() {
        return ends;
    }

    List<Layer> layers() {
        return layers;
    }
}
