package gsdm.graph.inference;

import gsdm.nn.diffusion.Parameterisation;
import gsdm.nn.layout.EmbeddingKind;
import gsdm.nn.layout.LayoutSignature;
import gsdm.nn.network.Denoiser;
import gsdm.nn.network.Network;
import gsdm.nn.network.NetworkConfig;
import gsdm.nn.network.NormKind;
import gsdm.nn.network.Regressor;
import gsdm.tensor.program.Attention.Neighbours;

import java.util.Objects;

/**
 * The network.
 *
 * @param system what is learned with it
 * @param channels width of a node's activations, a multiple of heads, and of groups where there are
 *     group norms
 * @param layers pairs of a residual block and an attention block
 * @param heads attention heads
 * @param norm what activations are normalised over
 * @param groups groups of the group norms; a layer norm has none
 * @param embedding how nodes share learned embeddings
 * @param attention over the edges of the mask, over padded rows, or over all pairs
 * @param scaleScores whether attention scores are divided by the root of a head's width
 * @param prediction what the network predicts: clean values, noise or velocity; of a regressor it
 *     is the value itself
 * @param programFeatures whether the network is told what the model's definitions say of the
 *     present estimate; a regressor, which has none, is not
 * @param likelihood whether the probabilities of a discrete node's options are the network's times
 *     the likelihood of the node's own noised value; a regressor's, which sees none, are not
 * @param folding whether nodes whose value follows from what is observed count as observed, in
 *     training and sampling alike
 */
public record ModelSettings(
        ModelSystem system,
        int channels,
        int layers,
        int heads,
        NormKind norm,
        int groups,
        EmbeddingKind embedding,
        Neighbours attention,
        boolean scaleScores,
        Parameterisation prediction,
        boolean programFeatures,
        boolean likelihood,
        boolean folding) {
    /**
     * Diffusion; 32 channels, 6 layers, 4 heads, layer norm, exchangeable embeddings, sparse
     * attention, the velocity predicted, program features, likelihoods, folding.
     */
    public static final ModelSettings DEFAULTS =
            new ModelSettings(
                    ModelSystem.DIFFUSION,
                    32,
                    6,
                    4,
                    NormKind.LAYER,
                    32,
                    EmbeddingKind.EE,
                    Neighbours.SPARSE,
                    true,
                    Parameterisation.V,
                    true,
                    true,
                    true);

    public ModelSettings {
        Objects.requireNonNull(system, "system");
        Objects.requireNonNull(embedding, "embedding");
        Objects.requireNonNull(prediction, "prediction");
        new NetworkConfig(
                channels,
                layers,
                heads,
                norm,
                groups,
                attention,
                scaleScores,
                programFeatures,
                likelihood);
    }

    /** These settings for another system. */
    public ModelSettings withSystem(ModelSystem other) {
        return Components.with(this, "system", other);
    }

    /**
     * These settings with another width; where it is no multiple of the groups of group norms,
     * change those first.
     */
    public ModelSettings withChannels(int other) {
        return Components.with(this, "channels", other);
    }

    /** These settings with another number of layers. */
    public ModelSettings withLayers(int other) {
        return Components.with(this, "layers", other);
    }

    /** These settings with another number of attention heads. */
    public ModelSettings withHeads(int other) {
        return Components.with(this, "heads", other);
    }

    /** These settings with another norm. */
    public ModelSettings withNorm(NormKind other) {
        return Components.with(this, "norm", other);
    }

    /** These settings with another number of groups of the group norms. */
    public ModelSettings withGroups(int other) {
        return Components.with(this, "groups", other);
    }

    /** These settings with other embeddings. */
    public ModelSettings withEmbedding(EmbeddingKind other) {
        return Components.with(this, "embedding", other);
    }

    /** These settings with other attention. */
    public ModelSettings withAttention(Neighbours other) {
        return Components.with(this, "attention", other);
    }

    /** These settings with attention scores scaled, or not. */
    public ModelSettings withScaleScores(boolean other) {
        return Components.with(this, "scaleScores", other);
    }

    /** These settings with another prediction. */
    public ModelSettings withPrediction(Parameterisation other) {
        return Components.with(this, "prediction", other);
    }

    /** These settings with program features, or without. */
    public ModelSettings withProgramFeatures(boolean other) {
        return Components.with(this, "programFeatures", other);
    }

    /** These settings with likelihoods of noised discrete values, or without. */
    public ModelSettings withLikelihood(boolean other) {
        return Components.with(this, "likelihood", other);
    }

    /** These settings with what follows from what is observed as observed, or not. */
    public ModelSettings withFolding(boolean other) {
        return Components.with(this, "folding", other);
    }

    /** Whether the network reads what nodes are functions of. */
    boolean readsDefinitions() {
        return programFeatures && system == ModelSystem.DIFFUSION;
    }

    /** The network for layouts of that signature. */
    Network network(LayoutSignature signature) {
        NetworkConfig config =
                new NetworkConfig(
                        channels,
                        layers,
                        heads,
                        norm,
                        groups,
                        attention,
                        scaleScores,
                        readsDefinitions(),
                        likelihood);
        return switch (system) {
            case DIFFUSION -> new Denoiser(config, signature);
            case REGRESSOR_GS -> new Regressor(config, signature);
        };
    }
}
