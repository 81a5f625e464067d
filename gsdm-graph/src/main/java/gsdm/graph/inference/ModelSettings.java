package gsdm.graph.inference;

import gsdm.nn.DenoiserConfig;
import gsdm.nn.EmbeddingKind;
import gsdm.nn.Prediction;
import gsdm.tensor.program.Op.Neighbours;

/**
 * The network.
 *
 * @param channels width of a node's activations, a multiple of heads and groups
 * @param layers pairs of a residual block and an attention block
 * @param heads attention heads
 * @param groups groups of the group norms
 * @param embedding how nodes share learned embeddings
 * @param attention over the edges of the mask, over padded rows, or over all pairs
 * @param scaleScores whether attention scores are divided by the root of a head's width
 * @param prediction what the network predicts: clean values or noise
 */
public record ModelSettings(
        int channels,
        int layers,
        int heads,
        int groups,
        EmbeddingKind embedding,
        Neighbours attention,
        boolean scaleScores,
        Prediction prediction) {
    /** 64 channels, 6 layers, 4 heads, exchangeable embeddings, sparse attention, x0 prediction. */
    public static final ModelSettings DEFAULTS =
            new ModelSettings(
                    64, 6, 4, 32, EmbeddingKind.EE, Neighbours.SPARSE, true, Prediction.X0);

    public ModelSettings {
        new DenoiserConfig(channels, layers, heads, groups, attention, scaleScores, prediction);
    }

    DenoiserConfig denoiser() {
        return new DenoiserConfig(
                channels, layers, heads, groups, attention, scaleScores, prediction);
    }
}
