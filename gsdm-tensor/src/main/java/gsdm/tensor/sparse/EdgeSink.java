package gsdm.tensor.sparse;

/** Takes the edges of a graph one at a time, so that none of them needs an object. */
@FunctionalInterface
public interface EdgeSink {
    /** Takes the edge between two nodes, numbered from zero. */
    void edge(int from, int to);
}
