package gsdm.nn.network;

import gsdm.nn.layout.LayoutSignature;
import gsdm.nn.network.TrunkParameters.AttentionBlock;
import gsdm.nn.network.TrunkParameters.ResidualBlock;
import gsdm.tensor.program.Activation;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

import java.util.List;

/**
 * What the networks have in common (Weilbach et al. 2023): a residual block and an attention block,
 * repeated, over the nodes of a model; node embeddings say which node is which, and attention
 * follows the model's mask.
 */
abstract sealed class Trunk implements Network permits Denoiser, Regressor {
    /** Added to the variance in norms. */
    public static final float NORM_EPSILON = 1e-6f;

    private final NetworkConfig config;
    private final LayoutSignature signature;
    private final TrunkParameters parameters;

    Trunk(NetworkConfig config, LayoutSignature signature) {
        if (signature.axes() > 0 && config.channels() / signature.axes() < Sinusoid.LEAST_WIDTH) {
            throw new IllegalArgumentException(
                    "%d channels are fewer than 4 for each of %d axes; raise model.channels"
                            .formatted(config.channels(), signature.axes()));
        }
        this.config = config;
        this.signature = signature;
        this.parameters = new TrunkParameters(config, signature);
    }

    /** Its shape. */
    public final NetworkConfig config() {
        return config;
    }

    @Override
    public final LayoutSignature signature() {
        return signature;
    }

    @Override
    public final Parameters parameters() {
        return parameters.parameters();
    }

    @Override
    public final int channels() {
        return config.channels();
    }

    @Override
    public final LayoutSlots newLayoutSlots() {
        return new LayoutSlots(
                signature, config.channels(), config.attention(), config.programFeatures());
    }

    /**
     * Appends what the networks have in common.
     *
     * @return [B, X] a number for each value
     */
    final Slot emitTrunk(ProgramBuilder program, NetworkInputs inputs) {
        TrunkParameters.Ends ends = parameters.ends();
        Slot time = program.linear(inputs.time(), ends.time0().weight(), ends.time0().bias());
        time = program.activation(Activation.Function.SILU, time);
        time = program.linear(time, ends.time1().weight(), ends.time1().bias());
        // Every residual block starts from SiLU of the time embedding: computed once.
        time = program.activation(Activation.Function.SILU, time);
        Slot embedding = ends.embeddings();
        LayoutSlots layout = inputs.layout();
        if (layout.positions().present()) {
            embedding = program.gather(embedding, layout.rows(), layout.positions());
        }
        Slot x =
                program.embedValues(
                        inputs.values(),
                        inputs.observed(),
                        ends.inputs(),
                        ends.observedEmbedding());
        if (parameters.features().isPresent()) {
            x = addFeatures(program, inputs, parameters.features().get(), x);
        }
        List<TrunkParameters.Layer> layers = parameters.layers();
        for (TrunkParameters.Layer layer : layers.subList(0, layers.size() - 1)) {
            program.beginRegion();
            x = layer(program, layout, layer, x, time, embedding);
            program.endRegion();
        }
        // Its gradients come first: to compute it again would save nothing.
        x = layer(program, layout, layers.getLast(), x, time, embedding);
        return program.projectValues(x, ends.outputs(), inputs.values());
    }

    /** x and a linear layer, one of each array, of what the definitions say of the values. */
    private static Slot addFeatures(
            ProgramBuilder program, NetworkInputs inputs, TrunkParameters.Linear layer, Slot x) {
        LayoutSlots layout = inputs.layout();
        Slot features =
                program.residuals(
                        inputs.values(),
                        inputs.observed(),
                        inputs.levels(),
                        layout.kinds(),
                        layout.scales(),
                        layout.bounds(),
                        layout.definitions().orElseThrow());
        return program.linear(features, layer.weight(), layer.bias(), x);
    }

    private Slot layer(
            ProgramBuilder program,
            LayoutSlots layout,
            TrunkParameters.Layer layer,
            Slot x,
            Slot time,
            Slot embedding) {
        Slot h = residual(program, layout, layer.residual(), x, time, embedding);
        return attention(program, layout, layer.attention(), h);
    }

    private Slot residual(
            ProgramBuilder program,
            LayoutSlots layout,
            ResidualBlock block,
            Slot x,
            Slot time,
            Slot embedding) {
        Norm norm = norm(program, block.norm1(), x, true);
        Slot h = program.linear(norm, block.conv1().weight(), block.conv1().bias(), Slot.NONE);
        Slot example = program.linear(time, block.time().weight(), block.time().bias());
        Slot rows = program.linear(embedding, block.variable().weight(), block.variable().bias());
        h = program.addRows(h, example, rows, layout.nodeRows());
        norm = norm(program, block.norm2(), h, true);
        return program.linear(norm, block.conv2().weight(), block.conv2().bias(), x);
    }

    private Slot attention(
            ProgramBuilder program, LayoutSlots layout, AttentionBlock block, Slot x) {
        Norm norm = norm(program, block.norm(), x, false);
        Slot qkv = program.linear(norm, block.qkv().weight(), block.qkv().bias(), Slot.NONE);
        double width = config.channels() / (double) config.heads();
        float scale = config.scaleScores() ? (float) (1 / Math.sqrt(width)) : 1;
        Slot mixed =
                program.attention(config.attention(), qkv, layout.pattern(), config.heads(), scale);
        return program.linear(mixed, block.out().weight(), block.out().bias(), x);
    }

    private Norm norm(ProgramBuilder program, TrunkParameters.Norm norm, Slot x, boolean silu) {
        Slot gamma = norm.weight();
        Slot beta = norm.bias();
        return switch (config.norm()) {
            case GROUP -> program.groupNorm(x, gamma, beta, config.groups(), NORM_EPSILON, silu);
            case LAYER -> program.layerNorm(x, gamma, beta, NORM_EPSILON, silu);
        };
    }
}
