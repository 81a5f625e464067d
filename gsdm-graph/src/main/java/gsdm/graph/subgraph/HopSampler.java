package gsdm.graph.subgraph;

import gsdm.graph.model.GraphicalModel;
import gsdm.tensor.random.RandomStream;
import gsdm.tensor.sparse.SparsePattern;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
                shuffle(order, end, count);
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
        MemorySegment pointers = mask.rowPointers();
        MemorySegment columns = mask.columnIndices();
        int count = end;
        for (int i = first; i < end; i++) {
            int last = pointers.getAtIndex(ValueLayout.JAVA_INT, reached[i] + 1L);
            for (int e = pointers.getAtIndex(ValueLayout.JAVA_INT, reached[i]); e < last; e++) {
                count = reach(columns.getAtIndex(ValueLayout.JAVA_INT, e), count);
            }
        }
        return count;
    }

    private void shuffle(long key, int first, int end) {
        for (int i = first; i < end; i++) {
            int other = i + RandomStream.below(key, i, end - i);
            int node = reached[other];
            reached[other] = reached[i];
            reached[i] = node;
        }
    }
}
