package gsdm.graph.subgraph;

import gsdm.graph.model.GraphicalModel;
import gsdm.tensor.random.RandomStream;
import gsdm.tensor.sparse.SparsePattern;

import java.util.Arrays;

/**
 * K-hop sampling: from a node drawn uniformly outwards along the mask, nearest first and those of
 * one distance in random order, up to the budget; where a part of the graph is used up, from
 * another node on.
 */
final class HopSampler implements SubgraphSampler {
    private static final long SEEDS = 1;
    private static final long ORDER = 2;

    private final SparsePattern mask;
    private final int budget;
    private final int[] reached; // the first nodes of the draw, in the order they were reached
    private final boolean[] seen;

    HopSampler(GraphicalModel model, int budget) {
        mask = model.mask();
        this.budget = Math.min(budget, mask.rows());
        reached = new int[mask.rows()];
        seen = new boolean[mask.rows()];
    }

    @Override
    public NodeSubgraph draw(long key) {
        Arrays.fill(seen, false);
        int count = 0;
        int done = 0;
        for (long seed = 0; count < budget; seed++) {
            int node = RandomStream.below(RandomStream.fork(key, SEEDS), seed, mask.rows());
            count = reach(node, count);
            for (long hop = 0; done < count && count < budget; hop++) {
                long order = RandomStream.fork(RandomStream.fork(key, ORDER + seed), hop);
                int end = count;
                count = neighbours(done, end);
                done = end;
                Choices.shuffle(order, reached, end, count, count);
            }
        }
        int[] nodes = Arrays.copyOf(reached, budget);
        Arrays.sort(nodes);
        return new NodeSubgraph(nodes);
    }

    private int reach(int node, int count) {
        if (seen[node]) {
            return count;
        }
        seen[node] = true;
        reached[count] = node;
        return count + 1;
    }

    /** Reaches what is next to nodes [first, end), all of it, and returns the new count. */
    private int neighbours(int first, int end) {
        int count = end;
        for (int i = first; i < end; i++) {
            int degree = mask.degree(reached[i]);
            for (int entry = 0; entry < degree; entry++) {
                count = reach(mask.column(reached[i], entry), count);
            }
        }
        return count;
    }
}
