package gsdm.graph.subgraph;

/**
 * A subgraph of any nodes.
 *
 * @param nodes their numbers in the whole model, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record NodeSubgraph(int[] nodes) implements Subgraph {
    @Override
    public int size() {
        return nodes.length;
    }
}
