package gsdm.nn.network;

import gsdm.nn.layout.LayoutSignature;
import gsdm.nn.network.DenoiserParameters.AttentionBlock;
import gsdm.nn.network.DenoiserParameters.ResidualBlock;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Activation;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

import java.util.List;
import java.util.Set;

/**
 * The network of graphically structured diffusion models (Weilbach et al. 2023): a residual block
 * and an attention block, repeated, over the nodes of a model; node embeddings say which node is
 * which, and attention follows the model's mask.
 *
 * <p>A denoiser is a description: its parameters are a block of slots, and {@link #emit} writes the
 * network as ops. It depends on the layout's {@linkplain LayoutSignature signature} only, so the
 * same parameters serve any number of nodes.
 */
public final class Denoiser {
    /** Added to the variance in group norms. */
    public static final float NORM_EPSILON = 1e-6f;

    private final DenoiserConfig config;
    private final LayoutSignature signature;
    private final DenoiserParameters parameters;

    /**
     * A network for layouts of that signature.
     *
     * @throws IllegalArgumentException if there are fewer than 4 channels for each axis of a
     *     position
     */
    public Denoiser(DenoiserConfig config, LayoutSignature signature) {
        if (signature.axes() > 0 && config.channels() / signature.axes() < Sinusoid.LEAST_WIDTH) {
            throw new IllegalArgumentException(
                    "%d channels are fewer than 4 for each of %d axes; raise model.channels"
                            .formatted(config.channels(), signature.axes()));
        }
        this.config = config;
        this.signature = signature;
        this.parameters = new DenoiserParameters(config, signature);
    }

    public DenoiserConfig config() {
        return config;
    }

    public LayoutSignature signature() {
        return signature;
    }

    /** The parameters, under names that checkpoints keep. */
    public Block parameters() {
        return parameters.block();
    }

    /** The names of a network's parameters, given in any order, as {@link #parameters} has them. */
    public static List<String> inOrder(Set<String> names) {
        return DenoiserParameters.inOrder(names);
    }

    /** How many numbers the parameters are. */
    public long parameterCount() {
        return parameters().slots().stream().mapToLong(slot -> slot.shape().size()).sum();
    }

    /** A new block of what the network reads. */
    public NetworkInputs newInputs() {
        return new NetworkInputs(config, signature);
    }

    /**
     * Writes initial parameters: see {@link Initialiser}.
     *
     * @param seed the same seed gives the same parameters, whatever else the network has
     */
    public void initialise(Memory memory, long seed) {
        Initialiser.initialise(parameters(), memory, seed);
    }

    /**
     * Appends the network.
     *
     * @return [B, X] predicted clean values (probabilities for discrete nodes), or noise
     */
    public Slot emit(ProgramBuilder program, NetworkInputs inputs) {
        DenoiserParameters.Ends ends = parameters.ends();
        Slot time = program.linear(inputs.time(), ends.time0().weight(), ends.time0().bias());
        time = program.activation(Activation.Function.SILU, time);
        time = program.linear(time, ends.time1().weight(), ends.time1().bias());
        // Every residual block starts from SiLU of the time embedding: computed once.
        time = program.activation(Activation.Function.SILU, time);
        Slot embedding = ends.embeddings();
        if (inputs.positions().present()) {
            embedding = program.gather(embedding, inputs.rows(), inputs.positions());
        }
        Slot x =
                program.embedValues(
                        inputs.values(),
                        inputs.observed(),
                        ends.inputs(),
                        ends.observedEmbedding());
        for (DenoiserParameters.Layer layer : parameters.layers()) {
            x = residual(program, inputs, layer.residual(), x, time, embedding);
            x = attention(program, inputs, layer.attention(), x);
        }
        Slot values = program.projectValues(x, ends.outputs(), inputs.values());
        return switch (config.prediction()) {
            case X0 -> hasDiscrete() ? program.blockSoftmax(values, ends.outputs()) : values;
            case NOISE -> values;
        };
    }

    private boolean hasDiscrete() {
        return signature.options().getLast() > 1;
    }

    private Slot residual(
            ProgramBuilder program,
            NetworkInputs inputs,
            ResidualBlock block,
            Slot x,
            Slot time,
            Slot embedding) {
        GroupNorm norm = norm(program, block.norm1(), x, true);
        Slot h = program.linear(norm, block.conv1().weight(), block.conv1().bias(), Slot.NONE);
        Slot example = program.linear(time, block.time().weight(), block.time().bias());
        Slot rows = program.linear(embedding, block.variable().weight(), block.variable().bias());
        h = program.addRows(h, example, rows, inputs.nodeRows());
        norm = norm(program, block.norm2(), h, true);
        return program.linear(norm, block.conv2().weight(), block.conv2().bias(), x);
    }

    private Slot attention(
            ProgramBuilder program, NetworkInputs inputs, AttentionBlock block, Slot x) {
        GroupNorm norm = norm(program, block.norm(), x, false);
        Slot qkv = program.linear(norm, block.qkv().weight(), block.qkv().bias(), Slot.NONE);
        double width = config.channels() / (double) config.heads();
        float scale = config.scaleScores() ? (float) (1 / Math.sqrt(width)) : 1;
        Slot mixed =
                program.attention(config.attention(), qkv, inputs.pattern(), config.heads(), scale);
        return program.linear(mixed, block.out().weight(), block.out().bias(), x);
    }

    private GroupNorm norm(
            ProgramBuilder program, DenoiserParameters.Norm norm, Slot x, boolean silu) {
        return program.norm(x, norm.weight(), norm.bias(), config.groups(), NORM_EPSILON, silu);
    }
}
