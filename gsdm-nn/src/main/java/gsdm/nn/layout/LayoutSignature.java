package gsdm.nn.layout;

import java.util.List;

/**
 * What all layouts of a model have in common, and what networks and their parameters depend on: not
 * the number of nodes, so a network trained on subgraphs runs on the whole.
 *
 * @param arrays A, in node order: by options, ascending
 * @param embedding how nodes share embeddings
 * @param tableRows K, the rows of the embedding table
 * @param axes P, the axes of a position; 0 without positions
 */
public record LayoutSignature(
        List<ArraySignature> arrays, EmbeddingKind embedding, int tableRows, int axes) {
    public LayoutSignature {
        arrays = List.copyOf(arrays);
    }

    /** The numbers of options of the kinds of nodes, ascending; 1 for continuous. */
    public List<Integer> options() {
        return arrays.stream().map(ArraySignature::options).distinct().toList();
    }
}
