package gsdm.nn.network;

import gsdm.tensor.program.Attention.Neighbours;

import java.util.Objects;

/**
 * The shape of a network.
 *
 * @param channels C, a multiple of heads, and of groups where there are group norms
 * @param layers pairs of a residual block and an attention block
 * @param heads attention heads
 * @param norm what activations are normalised over
 * @param groups groups of the group norms; a layer norm has none
 * @param attention over the edges of the mask, over padded rows, or over all pairs
 * @param scaleScores whether attention scores are multiplied by 1/√(C/heads)
 * @param programFeatures whether nodes also start from what their definitions say of the values,
 *     see {@link gsdm.tensor.program.Residuals}
 * @param likelihood whether a denoiser weighs the options of a discrete node by the likelihood of
 *     its own noised value, see {@link gsdm.tensor.program.BlockSoftmax}
 */
public record NetworkConfig(
        int channels,
        int layers,
        int heads,
        NormKind norm,
        int groups,
        Neighbours attention,
        boolean scaleScores,
        boolean programFeatures,
        boolean likelihood) {
    public NetworkConfig {
        Objects.requireNonNull(norm, "norm");
        Objects.requireNonNull(attention, "attention");
        if (channels < 4 || layers < 1 || heads < 1 || groups < 1) {
            throw new IllegalArgumentException(
                    ("a network needs 4 or more channels and 1 or more layers, heads and groups;"
                                    + " found %d channels, %d layers, %d heads, %d groups")
                            .formatted(channels, layers, heads, groups));
        }
        if (channels % heads != 0) {
            throw new IllegalArgumentException(
                    "%d channels must be a multiple of %d heads".formatted(channels, heads));
        }
        if (norm == NormKind.GROUP && channels % groups != 0) {
            throw new IllegalArgumentException(
                    "%d channels must be a multiple of %d groups".formatted(channels, groups));
        }
    }
}
