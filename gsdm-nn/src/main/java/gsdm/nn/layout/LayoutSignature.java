package gsdm.nn.layout;

import java.util.List;

/**
 * What the parameters of a network depend on: not the number of nodes, so a network trained on
 * subgraphs runs on the whole.
 *
 * @param options the numbers of options of the kinds of nodes, ascending; 1 for continuous
 * @param embedding how nodes share embeddings
 * @param tableRows K, the rows of the embedding table
 * @param axes P, the axes of a position; 0 without positions
 * @param arrays A, how many arrays the loss is reported for
 */
public record LayoutSignature(
        List<Integer> options, EmbeddingKind embedding, int tableRows, int axes, int arrays) {
    public LayoutSignature {
        options = List.copyOf(options);
    }
}
