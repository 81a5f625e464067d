package gsdm.graph.subgraph;

import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Plate;
import gsdm.tensor.sparse.SparsePattern;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/** What many subgraphs of a model have in common; edges count both ways and to the node itself. */
public final class SubgraphSurvey {
    private final SparsePattern mask;
    private final List<ArrayNodes> arrays;
    private final boolean[] kept;
    private final SequencedMap<String, Integer> whole = new TreeMap<>();
    private final long[] nodesOfArray;
    private final long[] edgesOfArray;
    private int draws;
    private int outside;
    private int least = Integer.MAX_VALUE;
    private int most;

    public SubgraphSurvey(GraphicalModel model) {
        mask = model.mask();
        arrays = model.layout().arrays();
        kept = new boolean[mask.rows()];
        nodesOfArray = new long[arrays.size()];
        edgesOfArray = new long[arrays.size()];
        for (ArrayNodes array : arrays) {
            array.plates().forEach(plate -> whole.put(plate, 0));
        }
    }

    /**
     * Of the nodes of an array in the subgraphs.
     *
     * @param name of the array
     * @param nodes the mean number of them in a subgraph
     * @param degree their mean degree in it, 0 where there are none
     */
    public record OfArray(String name, double nodes, double degree) {}

    /** Counts one more subgraph in. */
    public void add(Subgraph subgraph) {
        int[] nodes = subgraph.nodes();
        draws++;
        least = Math.min(least, nodes.length);
        most = Math.max(most, nodes.length);
        if (subgraph instanceof PlateSubgraph part) {
            whole.merge(part.whole().name(), 1, Integer::sum);
            outside += part.fits() ? 0 : 1;
        }
        mark(nodes, true);
        int array = 0;
        for (int node : nodes) {
            while (node >= arrays.get(array).offset() + arrays.get(array).count()) {
                array++;
            }
            nodesOfArray[array]++;
            edgesOfArray[array] += degree(node);
        }
        mark(nodes, false);
    }

    private void mark(int[] nodes, boolean as) {
        for (int node : nodes) {
            kept[node] = as;
        }
    }

    private int degree(int node) {
        int all = mask.degree(node);
        int degree = 0;
        for (int entry = 0; entry < all; entry++) {
            degree += kept[mask.column(node, entry)] ? 1 : 0;
        }
        return degree;
    }

    /** How many subgraphs there were. */
    public int draws() {
        return draws;
    }

    /** How many of them found no choice within their bounds. */
    public int outside() {
        return outside;
    }

    /** The fewest nodes of one. */
    public int least() {
        return least;
    }

    /** The most nodes of one. */
    public int most() {
        return most;
    }

    /** The mean number of nodes. */
    public double nodes() {
        return sum(nodesOfArray) / draws;
    }

    /** The mean number of edges. */
    public double edges() {
        return sum(edgesOfArray) / draws;
    }

    private static double sum(long[] counts) {
        double sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /** How often each plate was kept whole by choice, by {@link Plate#name()}. */
    public SequencedMap<String, Integer> whole() {
        return new TreeMap<>(whole);
    }

    /** Array by array, in the order of their nodes. */
    public List<OfArray> arrays() {
        List<OfArray> all = new ArrayList<>();
        for (int array = 0; array < arrays.size(); array++) {
            long nodes = nodesOfArray[array];
            double degree = nodes == 0 ? 0 : edgesOfArray[array] / (double) nodes;
            all.add(new OfArray(arrays.get(array).name(), nodes / (double) draws, degree));
        }
        return all;
    }
}
