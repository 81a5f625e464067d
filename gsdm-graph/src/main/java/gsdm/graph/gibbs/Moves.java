package gsdm.graph.gibbs;

import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Origin;
import gsdm.graph.model.ValueKind;
import gsdm.graph.model.Variable;
import gsdm.nn.layout.NodeDefinitions;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What of a model can be moved while all that is observed stays as it is: its root nodes, normal or
 * categorical, with the nodes that depend on each. Where an observed node depends on a root, a
 * <em>noise</em> has to make up for the move: a normal root that this node alone reads, once, as
 * the e of x = m + s·e. For any number of threads.
 */
public final class Moves {
    private static final int MOST_DEPENDENTS = 1024;
    private static final int MOST_NOISES = 4;
    private static final int[] NONE = {};

    /** Instructions of a sweep, for each node and besides: a share of what a network costs. */
    private static final int WORK_OF_A_NODE = 64;

    private static final int WORK = 1 << 14;

    private final int[] options; // [N], 1 of a continuous node
    private final boolean[] categorical; // [N], whether it is such a root
    private final double[] priorMean; // [N]
    private final double[] priorDeviation; // [N], 0 of what is no normal root
    private final NodeDefinitions definitions;
    private final int[][] noises; // [N], those that make up for moves of a node
    private final int[] roots;
    private final int[][] dependents; // [roots], those read by others first

    private Moves(GraphicalModel model, NodeDefinitions definitions, Conditioning conditioning) {
        int nodes = definitions.nodes();
        this.definitions = definitions;
        options = new int[nodes];
        categorical = new boolean[nodes];
        priorMean = new double[nodes];
        priorDeviation = new double[nodes];
        List<ArrayNodes> arrays = model.layout().arrays();
        List<Variable> order = model.nodeOrder();
        for (int a = 0; a < arrays.size(); a++) {
            describe(arrays.get(a), order.get(a).origin());
        }
        int[] owners = owners(definitions);
        noises = noises(owners);
        Dependents search =
                new Dependents(
                        definitions,
                        owners,
                        ranks(model),
                        noises,
                        surelyObserved(model, conditioning));
        roots = affordable(search);
        dependents = IntStream.of(roots).mapToObj(search::of).toArray(int[][]::new);
    }

    /** The roots that can be moved, as many as a sweep may take, those that take little first. */
    private int[] affordable(Dependents search) {
        long[] works = new long[nodes()];
        for (int node = 0; node < nodes(); node++) {
            works[node] = categorical[node] || normal(node) ? work(node, search) : 0;
        }
        long[] sorted = LongStream.of(works).filter(work -> work > 0).sorted().toArray();
        long left = WORK + (long) WORK_OF_A_NODE * nodes();
        long most = 0;
        for (int i = 0; i < sorted.length && sorted[i] <= left; i++) {
            most = sorted[i];
            left -= most;
        }
        long limit = most;
        return IntStream.range(0, nodes())
                .filter(node -> works[node] > 0 && works[node] <= limit)
                .toArray();
    }

    /** Instructions that a move of a root takes; 0 if it cannot be moved. */
    private long work(int root, Dependents search) {
        if (!search.find(root, MOST_DEPENDENTS)) {
            return 0;
        }
        long instructions = 1;
        for (int i = 0; i < search.found(); i++) {
            int node = search.found(i);
            instructions += definitions.pointers()[node + 1] - definitions.pointers()[node];
        }
        return instructions * options[root];
    }

    /**
     * The moves of a whole model. There are none of roots that would take more than a share of what
     * a network costs, and of those that more than a thousand nodes depend on.
     *
     * @param definitions of the model's nodes
     * @param conditioning says what may be observed: what that never lets move is left out
     */
    public static Moves of(
            GraphicalModel model, NodeDefinitions definitions, Conditioning conditioning) {
        return new Moves(model, definitions, conditioning);
    }

    /**
     * Whether arrays tell that anything may be moved, before definitions are written out: a normal
     * or categorical one on which no array depends that is always observed, but for those that read
     * a normal one, which may be noise.
     */
    public static boolean possible(GraphicalModel model, Conditioning conditioning) {
        return conditioning.alternatives().stream()
                .anyMatch(alternative ->
                        model.variables().stream()
                                .anyMatch(root -> possible(root, model, alternative)));
    }

    private static boolean possible(
            Variable root, GraphicalModel model, Conditioning.Alternative alternative) {
        boolean moves =
                root.origin() instanceof Origin.Normal
                        || root.origin() instanceof Origin.Categorical;
        if (!moves || alternative.always(root.name())) {
            return false;
        }
        Set<String> moved = new HashSet<>(Set.of(root.name()));
        for (Variable variable : model.variables()) {
            if (variable.origin() instanceof Origin.Derived function) {
                List<String> read =
                        function.expr().reads().stream().map(of -> of.array().name()).toList();
                if (read.stream().noneMatch(moved::contains)) {
                    continue;
                }
                if (!alternative.always(variable.name())) {
                    moved.add(variable.name());
                } else if (read.stream()
                        .map(model::variable)
                        .noneMatch(of ->
                                of.origin() instanceof Origin.Normal
                                        && !alternative.always(of.name()))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether nothing can be moved, as far as is known without a draw. */
    public boolean none() {
        return roots.length == 0;
    }

    private void describe(ArrayNodes array, Origin origin) {
        int first = array.offset();
        int end = first + array.count();
        int each = array.kind() instanceof ValueKind.Discrete discrete ? discrete.options() : 1;
        Arrays.fill(options, first, end, each);
        Arrays.fill(categorical, first, end, origin instanceof Origin.Categorical);
        if (origin instanceof Origin.Normal normal) {
            Arrays.fill(priorMean, first, end, normal.mean());
            Arrays.fill(priorDeviation, first, end, normal.std());
        }
    }

    /** [T] the node that each instruction is of. */
    private static int[] owners(NodeDefinitions definitions) {
        int[] owners = new int[definitions.instructions()];
        for (int node = 0; node < definitions.nodes(); node++) {
            Arrays.fill(
                    owners, definitions.pointers()[node], definitions.pointers()[node + 1], node);
        }
        return owners;
    }

    private int[][] noises(int[] owners) {
        int[][] found = new int[options.length][];
        Arrays.fill(found, NONE);
        int[] pointers = definitions.readPointers();
        for (int node = 0; node < options.length; node++) {
            if (normal(node) && pointers[node + 1] - pointers[node] == 1) {
                int of = owners[definitions.reads()[pointers[node]]];
                if (found[of].length < MOST_NOISES) {
                    found[of] = Arrays.copyOf(found[of], found[of].length + 1);
                    found[of][found[of].length - 1] = node;
                }
            }
        }
        return found;
    }

    /** [N] when each node is defined, beside others. */
    private static int[] ranks(GraphicalModel model) {
        int[] ranks = new int[model.nodeCount()];
        List<String> defined = model.variables().stream().map(Variable::name).toList();
        for (ArrayNodes array : model.layout().arrays()) {
            int end = array.offset() + array.count();
            Arrays.fill(ranks, array.offset(), end, defined.indexOf(array.name()));
        }
        return ranks;
    }

    /** Of each alternative, the nodes that it always observes. */
    private static List<boolean[]> surelyObserved(GraphicalModel model, Conditioning conditioning) {
        return conditioning.alternatives().stream()
                .map(alternative -> {
                    boolean[] observed = new boolean[model.nodeCount()];
                    for (ArrayNodes array : model.layout().arrays()) {
                        int end = array.offset() + array.count();
                        boolean always = alternative.always(array.name());
                        Arrays.fill(observed, array.offset(), end, always);
                    }
                    return observed;
                })
                .toList();
    }

    /** N. */
    int nodes() {
        return options.length;
    }

    /** Options of a discrete node; 1 of a continuous one. */
    int options(int node) {
        return options[node];
    }

    /** Whether a node is a normal root. */
    boolean normal(int node) {
        return priorDeviation[node] > 0;
    }

    double priorMean(int node) {
        return priorMean[node];
    }

    double priorDeviation(int node) {
        return priorDeviation[node];
    }

    NodeDefinitions definitions() {
        return definitions;
    }

    /** How many roots there are. */
    int roots() {
        return roots.length;
    }

    int root(int i) {
        return roots[i];
    }

    /** The nodes that depend on root number i. */
    int[] dependents(int i) {
        return dependents[i];
    }

    /** The most nodes that depend on a root, of one option or of more. */
    int mostDependents(boolean ofOptions) {
        return IntStream.range(0, roots.length)
                .filter(i -> ofOptions == options[roots[i]] > 1)
                .map(i -> dependents[i].length)
                .max()
                .orElse(0);
    }

    /** The most options of a root. */
    int mostOptions() {
        return IntStream.of(roots).map(root -> options[root]).max().orElse(1);
    }

    /** The most instructions of a node. */
    int longestDefinition() {
        int[] pointers = definitions.pointers();
        return IntStream.range(0, nodes())
                .map(node -> pointers[node + 1] - pointers[node])
                .max()
                .orElse(0);
    }

    /** The noises of a node. */
    int[] noises(int node) {
        return noises[node];
    }
}
