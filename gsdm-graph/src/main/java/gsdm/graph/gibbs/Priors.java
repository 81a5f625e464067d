package gsdm.graph.gibbs;

import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Origin;
import gsdm.graph.model.ValueKind;
import gsdm.graph.model.Variable;

import java.util.Arrays;
import java.util.List;

/** What the nodes of a model are by themselves: their options, and how roots are distributed. */
final class Priors {
    private final int[] options; // [N], 1 of a continuous node
    private final boolean[] categorical; // [N], whether it is such a root
    private final double[] mean; // [N]
    private final double[] deviation; // [N], 0 of what is no normal root
    private final double[] reach; // [N] on either side of the mean, 0 of what is not uniform

    Priors(GraphicalModel model) {
        int nodes = model.nodeCount();
        options = new int[nodes];
        categorical = new boolean[nodes];
        mean = new double[nodes];
        deviation = new double[nodes];
        reach = new double[nodes];
        List<ArrayNodes> arrays = model.layout().arrays();
        List<Variable> order = model.nodeOrder();
        for (int a = 0; a < arrays.size(); a++) {
            describe(arrays.get(a), order.get(a).origin());
        }
    }

    private void describe(ArrayNodes array, Origin origin) {
        int first = array.offset();
        int end = first + array.count();
        int each = array.kind() instanceof ValueKind.Discrete discrete ? discrete.options() : 1;
        Arrays.fill(options, first, end, each);
        Arrays.fill(categorical, first, end, origin instanceof Origin.Categorical);
        if (origin instanceof Origin.Normal normal) {
            Arrays.fill(mean, first, end, normal.mean());
            Arrays.fill(deviation, first, end, normal.std());
        } else if (origin instanceof Origin.Uniform uniform) {
            Arrays.fill(mean, first, end, ((double) uniform.low() + uniform.high()) / 2);
            Arrays.fill(reach, first, end, ((double) uniform.high() - uniform.low()) / 2);
        }
    }

    /** N. */
    int nodes() {
        return options.length;
    }

    /** Options of a discrete node; 1 of a continuous one. */
    int options(int node) {
        return options[node];
    }

    /** Whether a node is a root that is not from outside. */
    boolean root(int node) {
        return categorical[node] || normal(node) || uniform(node);
    }

    boolean categorical(int node) {
        return categorical[node];
    }

    /** Whether a node is a normal root. */
    boolean normal(int node) {
        return deviation[node] > 0;
    }

    private boolean uniform(int node) {
        return reach[node] > 0;
    }

    /** The mean of a normal or uniform root. */
    double mean(int root) {
        return mean[root];
    }

    /** The standard deviation of a normal root. */
    double deviation(int root) {
        return deviation[root];
    }

    /** A length over which the values of a normal or uniform root spread. */
    double spread(int root) {
        return normal(root) ? deviation[root] : 2 * reach[root];
    }

    /** The value nearest to one that a root can have. */
    double nearest(int root, double value) {
        return uniform(root)
                ? Math.clamp(value, mean[root] - reach[root], mean[root] + reach[root])
                : value;
    }

    /** The logarithm of the density of a root's value, but for what is the same of all. */
    double logDensity(int root, double value) {
        double off = value - mean[root];
        if (normal(root)) {
            double deviations = off / deviation[root];
            return -deviations * deviations / 2;
        }
        return uniform(root) && Math.abs(off) > reach[root] ? Double.NEGATIVE_INFINITY : 0;
    }
}
