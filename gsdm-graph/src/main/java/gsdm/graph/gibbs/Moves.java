package gsdm.graph.gibbs;

import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.Conditioning;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Origin;
import gsdm.graph.model.Variable;
import gsdm.nn.layout.NodeDefinitions;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What of a model can be moved while all that is observed stays as it is: its root nodes, normal,
 * uniform or categorical, with the nodes that depend on each. Where an observed node depends on a
 * root, a <em>noise</em> has to make up for the move: a normal root that this node alone reads,
 * once, as the e of x = m + s·e. For any number of threads.
 */
public final class Moves {
    private static final int MOST_DEPENDENTS = 1024;
    private static final int MOST_NOISES = 4;
    private static final int[] NONE = {};

    /** Instructions of a sweep, for each node and besides: a share of what a network costs. */
    private static final int WORK_OF_A_NODE = 64;

    private static final int WORK = 1 << 14;

    private final Priors priors;
    private final NodeDefinitions definitions;
    private final int[][] noises; // [N], those that make up for moves of a node
    private final int[] roots;
    private final int[][] dependents; // [roots], those read by others first
    private final List<Labels> labels;
    private final int[] functions; // all of them, once, in that order
    private final int[] assumed; // those of them that are observed whatever else is

    private Moves(GraphicalModel model, NodeDefinitions definitions, Conditioning conditioning) {
        this.definitions = definitions;
        priors = new Priors(model);
        int[] owners = owners(definitions);
        noises = noises(owners);
        List<boolean[]> observed = surelyObserved(model, conditioning);
        Dependents search = new Dependents(definitions, owners, ranks(model), noises, observed);
        roots = affordable(search);
        dependents = IntStream.of(roots).mapToObj(search::of).toArray(int[][]::new);
        boolean[] depends = depends(IntStream.range(0, roots.length));
        functions = search.inOrder(IntStream.range(0, nodes()).filter(node -> depends[node]));
        labels =
                model.layout().arrays().stream()
                        .map(this::labels)
                        .flatMap(Optional::stream)
                        .toList();
        assumed =
                IntStream.of(functions)
                        .filter(node -> observed.stream().allMatch(of -> of[node]))
                        .toArray();
    }

    /**
     * The roots that can be moved, as many as a sweep may take, those that take little first; of
     * those that take as much as one another, all or none.
     */
    private int[] affordable(Dependents search) {
        long[] works = new long[nodes()];
        for (int node = 0; node < nodes(); node++) {
            works[node] = priors.root(node) ? work(node, search) : 0;
        }
        long[] sorted = LongStream.of(works).filter(work -> work > 0).sorted().toArray();
        long left = budget();
        long most = 0;
        for (int i = 0; i < sorted.length && left >= sorted[i]; i++) {
            left -= sorted[i];
            if (i + 1 == sorted.length || sorted[i + 1] > sorted[i]) {
                most = sorted[i];
            }
        }
        long limit = most;
        return IntStream.range(0, nodes())
                .filter(node -> works[node] > 0 && works[node] <= limit)
                .toArray();
    }

    /**
     * The options of an array that can be exchanged, if its roots move and that takes no longer.
     */
    private Optional<Labels> labels(ArrayNodes array) {
        int end = array.offset() + array.count();
        int[] ofArray =
                IntStream.range(0, roots.length)
                        .filter(i -> roots[i] >= array.offset() && roots[i] < end)
                        .filter(i -> priors.categorical(roots[i]))
                        .toArray();
        if (ofArray.length == 0) {
            return Optional.empty();
        }
        boolean[] depends = depends(IntStream.of(ofArray));
        int[] lines =
                IntStream.range(0, roots.length)
                        .filter(i -> priors.normal(roots[i]))
                        .filter(i -> IntStream.of(dependents[i]).anyMatch(node -> depends[node]))
                        .toArray();
        long work =
                IntStream.concat(IntStream.of(ofArray), IntStream.of(lines))
                        .mapToLong(i ->
                                priors.options(roots[i])
                                        * instructions(IntStream.of(dependents[i])))
                        .sum();
        return work <= budget() ? Optional.of(new Labels(ofArray, lines)) : Optional.empty();
    }

    /** [N] whether a node depends on one of those roots. */
    private boolean[] depends(IntStream onRoots) {
        boolean[] depends = new boolean[nodes()];
        onRoots.forEach(i -> {
            for (int node : dependents[i]) {
                depends[node] = true;
            }
        });
        return depends;
    }

    private long instructions(IntStream of) {
        int[] pointers = definitions.pointers();
        return of.mapToLong(node -> pointers[node + 1] - pointers[node]).sum();
    }

    /** Instructions that a sweep may take. */
    private long budget() {
        return WORK + (long) WORK_OF_A_NODE * nodes();
    }

    /** Instructions that a move of a root takes; 0 if it cannot be moved. */
    private long work(int root, Dependents search) {
        if (!search.find(root, MOST_DEPENDENTS)) {
            return 0;
        }
        IntStream found = IntStream.range(0, search.found()).map(search::found);
        return (1 + instructions(found)) * priors.options(root);
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
     * Whether arrays tell that anything may be moved, before definitions are written out: a normal,
     * uniform or categorical one on which no array depends that is always observed, but for those
     * that read a normal one, which may be noise.
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
                switch (root.origin()) {
                    case Origin.Normal _, Origin.Uniform _, Origin.Categorical _ -> true;
                    case Origin.Data _, Origin.Derived _ -> false;
                };
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
        int[][] found = new int[nodes()][];
        Arrays.fill(found, NONE);
        int[] pointers = definitions.readPointers();
        for (int node = 0; node < nodes(); node++) {
            if (priors.normal(node) && pointers[node + 1] - pointers[node] == 1) {
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
        return priors.nodes();
    }

    Priors priors() {
        return priors;
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

    /** What of the categorical arrays can be exchanged. */
    List<Labels> labels() {
        return labels;
    }

    /** All nodes that depend on a root, those read by others first. */
    int[] functions() {
        return functions;
    }

    /** Those of them that are taken to be observed: what depends on these is not known here. */
    int[] assumed() {
        return assumed;
    }

    /** The most nodes that depend on a root. */
    int mostDependents() {
        return Arrays.stream(dependents).mapToInt(of -> of.length).max().orElse(0);
    }

    /** The most nodes that depend on a root with options. */
    int mostDependentsOfOptions() {
        return IntStream.range(0, roots.length)
                .filter(i -> priors.options(roots[i]) > 1)
                .map(i -> dependents[i].length)
                .max()
                .orElse(0);
    }

    /** The most options of a root. */
    int mostOptions() {
        return IntStream.of(roots).map(root -> priors.options(root)).max().orElse(1);
    }

    /** The most instructions of a node. */
    int longestDefinition() {
        int[] pointers = definitions.pointers();
        return IntStream.range(0, nodes())
                .map(node -> pointers[node + 1] - pointers[node])
                .max()
                .orElse(0);
    }

    /** Whether a node alone reads a root, and once. */
    boolean alone(int node, int root) {
        int first = definitions.readPointers()[root];
        if (definitions.readPointers()[root + 1] - first != 1) {
            return false;
        }
        int instruction = definitions.reads()[first];
        return definitions.pointers()[node] <= instruction
                && instruction < definitions.pointers()[node + 1];
    }

    /** The noises of a node, or some of them where there are many. */
    int[] noises(int node) {
        return noises[node];
    }
}
