package gsdm.graph.gibbs;

import gsdm.nn.layout.NodeDefinitions;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Finds the nodes that depend on a root. */
final class Dependents {
    private final NodeDefinitions definitions;
    private final int[] owners; // [T] the node that each instruction is of
    private final int[] ranks; // [N]
    private final int[][] noises; // [N]
    private final List<boolean[]> observed; // the nodes surely observed, by alternative
    private final boolean[] always; // [N] whether in all of them
    private final int[] seen; // [N] the search that came to a node last
    private int search;
    private int[] queue = new int[16];
    private int count;

    Dependents(
            NodeDefinitions definitions,
            int[] owners,
            int[] ranks,
            int[][] noises,
            List<boolean[]> observed) {
        this.definitions = definitions;
        this.owners = owners;
        this.ranks = ranks;
        this.noises = noises;
        this.observed = observed;
        this.seen = new int[ranks.length];
        this.always = new boolean[ranks.length];
        for (int node = 0; node < always.length; node++) {
            int at = node;
            always[node] = observed.stream().allMatch(of -> of[at]);
        }
    }

    /** Finds what depends on a root; false if it can never be moved, or more depends on it. */
    boolean find(int root, int most) {
        boolean moves = observed.stream().anyMatch(of -> !holds(root, of, most));
        return moves && reach(root, node -> always[node], most);
    }

    /** How many nodes were found last. */
    int found() {
        return count - 1;
    }

    /** A node found last. */
    int found(int i) {
        return queue[i + 1];
    }

    /** The nodes that depend on a root, those read by others first. */
    int[] of(int root) {
        reach(root, node -> always[node], Integer.MAX_VALUE);
        return inOrder(IntStream.range(0, found()).map(this::found));
    }

    /** Nodes in an order in which each comes after those that it reads. */
    int[] inOrder(IntStream nodes) {
        return nodes.mapToLong(node -> (long) ranks[node] << Integer.SIZE | node)
                .sorted()
                .mapToInt(of -> (int) of)
                .toArray();
    }

    /** Whether what is surely observed holds a root where it is. */
    private boolean holds(int root, boolean[] surely, int most) {
        if (surely[root]) {
            return true;
        }
        reach(root, node -> surely[node], most);
        for (int i = 0; i < found(); i++) {
            int node = found(i);
            if (surely[node] && !isMadeUp(node, root, surely)) {
                return true;
            }
        }
        return false;
    }

    private boolean isMadeUp(int node, int root, boolean[] surely) {
        for (int noise : noises[node]) {
            if (noise != root && !surely[noise]) {
                return true;
            }
        }
        return false;
    }

    /**
     * Fills the queue with a root and all that depend on it, up to nodes where it ends; false, with
     * some of them, if there are more than so many.
     */
    private boolean reach(int root, IntPredicate ends, int most) {
        search++;
        queue[0] = root;
        seen[root] = search;
        count = 1;
        for (int next = 0; next < count; next++) {
            int node = queue[next];
            if (next > 0 && ends.test(node)) {
                continue;
            }
            int end = definitions.readPointers()[node + 1];
            for (int r = definitions.readPointers()[node]; r < end; r++) {
                int reader = owners[definitions.reads()[r]];
                if (seen[reader] == search) {
                    continue;
                }
                if (count > most) {
                    return false;
                }
                seen[reader] = search;
                if (count == queue.length) {
                    queue = Arrays.copyOf(queue, 2 * count);
                }
                queue[count++] = reader;
            }
        }
        return true;
    }
}
