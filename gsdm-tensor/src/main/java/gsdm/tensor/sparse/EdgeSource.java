package gsdm.tensor.sparse;

/**
 * The edges of a graph, made on demand. A pattern is built in two passes (count, then place), so
 * every traversal must give the same edges; their order is free, and an edge may come more than
 * once.
 */
@FunctionalInterface
public interface EdgeSource {
    /** Hands every edge to the sink. */
    void forEach(EdgeSink sink);
}
