package gsdm.tensor.sparse;

import java.util.Arrays;

/** Breadth-first searches over a square pattern; searching again costs only what was visited. */
final class BreadthFirst {
    private final SparsePattern pattern;
    private final int[] distance; // [rows], -1 where not visited
    private final int[] parent; // [rows]
    private final int[] order; // [rows], the visited nodes by distance
    private int visited;
    private long work;

    BreadthFirst(SparsePattern pattern) {
        this.pattern = pattern;
        this.distance = new int[pattern.rows()];
        this.parent = new int[pattern.rows()];
        this.order = new int[pattern.rows()];
        Arrays.fill(distance, -1);
    }

    /** Visits all that can be reached from a node; returns its eccentricity. */
    int search(int source) {
        for (int i = 0; i < visited; i++) {
            distance[order[i]] = -1;
        }
        distance[source] = 0;
        parent[source] = source;
        order[0] = source;
        visited = 1;
        work = 0;
        for (int next = 0; next < visited; next++) {
            int node = order[next];
            int end = pattern.start(node + 1);
            int start = pattern.start(node);
            work += end - start;
            for (int edge = start; edge < end; edge++) {
                int neighbour = pattern.column(edge);
                if (distance[neighbour] < 0) {
                    distance[neighbour] = distance[node] + 1;
                    parent[neighbour] = node;
                    order[visited++] = neighbour;
                }
            }
        }
        return distance[farthest()];
    }

    /** The last node found, one of those farthest from the source. */
    int farthest() {
        return order[visited - 1];
    }

    /** The node halfway on a shortest path from the source to the farthest node. */
    int middle() {
        int node = farthest();
        for (int steps = distance[node] / 2; steps > 0; steps--) {
            node = parent[node];
        }
        return node;
    }

    /** The visited nodes, by distance. */
    int[] visited() {
        return Arrays.copyOf(order, visited);
    }

    int visitedCount() {
        return visited;
    }

    /** The visited node of a rank by distance. */
    int visited(int rank) {
        return order[rank];
    }

    /** The distance from the source, or -1 if the node was not reached. */
    int distance(int node) {
        return distance[node];
    }

    /** How many edges the search followed. */
    long work() {
        return work;
    }
}
