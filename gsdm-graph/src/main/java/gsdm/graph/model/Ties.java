package gsdm.graph.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Finds the ties of one definition. What is read together, at one index of the plates that a
 * reduction runs over, is tied where embeddings do not tell that index: reads with each other, and
 * the elements of one read that meet in a reduction further in. The terms of a sum do not meet in
 * it, for it is the same whichever of them belong together.
 */
final class Ties {
    private final List<Variable> variables;
    private final Array reader;
    private final Expr definition;
    // By the texts of both reads, whichever comes first.
    private final SequencedMap<Set<String>, Tie> found = new LinkedHashMap<>();

    private Ties(List<Variable> variables, Array reader, Expr definition) {
        this.variables = variables;
        this.reader = reader;
        this.definition = definition;
    }

    /** The ties of a model, each once for each array whose definition asks for it. */
    static List<Tie> of(List<Variable> variables) {
        List<Tie> ties = new ArrayList<>();
        for (Variable variable : variables) {
            if (variable.origin() instanceof Origin.Derived derived) {
                Ties own = new Ties(variables, variable.array(), derived.expr());
                own.walk(derived.expr(), Set.of());
                ties.addAll(own.found.values());
            }
        }
        return ties;
    }

    /**
     * Goes down to the terms of a sum, and then into each.
     *
     * @param bound what the sums around run over, as far out as only sums stand between
     */
    private void walk(Expr expr, Set<Plate> bound) {
        switch (expr) {
            case Expr.Read _, Expr.Constant _ -> {}
            case Expr.Unary unary -> {
                term(expr, bound);
                walk(unary.of(), Set.of());
            }
            case Expr.Binary binary -> {
                boolean sum = isSum(binary);
                if (!sum) {
                    term(expr, bound);
                }
                walk(binary.left(), sum ? bound : Set.of());
                walk(binary.right(), sum ? bound : Set.of());
            }
            case Expr.Reduce reduce -> {
                Set<Plate> own = Set.copyOf(reduce.bound());
                switch (reduce.reduction()) {
                    case SUM, MEAN -> walk(reduce.body(), union(bound, own));
                    case MAX -> {
                        term(expr, bound);
                        term(reduce.body(), own);
                        walk(reduce.body(), Set.of());
                    }
                }
            }
        }
    }

    /** Whether an operation only adds, and scales what is added. */
    private static boolean isSum(Expr.Binary binary) {
        return switch (binary.operation()) {
            case PLUS, MINUS -> true;
            case TIMES ->
                    binary.left() instanceof Expr.Constant
                            || binary.right() instanceof Expr.Constant;
            case MAX -> false;
        };
    }

    private void term(Expr term, Set<Plate> bound) {
        List<Expr.Read> reads = term.reads();
        Set<Plate> inner = boundIn(term);
        for (int i = 0; i < reads.size(); i++) {
            Expr.Read one = reads.get(i);
            for (Expr.Read other : reads.subList(i + 1, reads.size())) {
                if (shareBound(one, other, bound) || shareConstant(one, other)) {
                    tie(one, other);
                }
            }
            Set<Plate> untold = untold(one, bound);
            if (!untold.isEmpty() && dependsOn(one, inner)) {
                boolean meetAtOneNode =
                        reads.stream()
                                .anyMatch(each ->
                                        !dependsOn(each, inner) && each.free().containsAll(untold));
                if (!meetAtOneNode) {
                    tie(one, apart(one, inner));
                }
            }
        }
    }

    private void tie(Expr.Read one, Expr.Read other) {
        found.putIfAbsent(Set.of(one.toString(), other.toString()), new Tie(reader, one, other));
    }

    private boolean shareBound(Expr.Read one, Expr.Read other, Set<Plate> bound) {
        Set<Plate> untold = union(untold(one, bound), untold(other, bound));
        untold.retainAll(one.free());
        untold.retainAll(other.free());
        return !untold.isEmpty();
    }

    /** Those of {@code plates} that a read depends on without an embedding that tells the index. */
    private Set<Plate> untold(Expr.Read read, Set<Plate> plates) {
        Set<Plate> untold = new HashSet<>(plates);
        untold.retainAll(read.free());
        for (int axis = 0; axis < read.indices().size(); axis++) {
            if (isDistinct(read, axis)) {
                read.indices().get(axis).terms().forEach(term -> untold.remove(term.plate()));
            }
        }
        return untold;
    }

    /** Whether the embeddings of what is read differ along an axis. */
    private boolean isDistinct(Expr.Read read, int axis) {
        Variable variable = variables.get(read.array().id());
        return variable.distinct().contains(read.array().plates().get(axis));
    }

    /** A sum written out, {@code X[i, 0] * w[0] + X[i, 1] * w[1]}, has constants for its index. */
    private boolean shareConstant(Expr.Read one, Expr.Read other) {
        for (int axis = 0; axis < one.indices().size(); axis++) {
            Affine index = one.indices().get(axis);
            int twin = other.array().plates().indexOf(one.array().plates().get(axis));
            if (index.terms().isEmpty()
                    && twin >= 0
                    && other.indices().get(twin).equals(index)
                    && (isAmbiguous(one, axis) || isAmbiguous(other, twin))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the definition reads the same array elsewhere along an axis that nothing tells. */
    private boolean isAmbiguous(Expr.Read read, int axis) {
        return !isDistinct(read, axis)
                && definition.reads().stream()
                        .filter(each -> each.array() == read.array())
                        .map(each -> each.indices().get(axis))
                        .anyMatch(index -> !index.equals(read.indices().get(axis)));
    }

    private static boolean dependsOn(Expr.Read read, Set<Plate> plates) {
        return read.free().stream().anyMatch(plates::contains);
    }

    /** The plates that reductions inside an expression run over. */
    private static Set<Plate> boundIn(Expr expr) {
        return switch (expr) {
            case Expr.Read _, Expr.Constant _ -> Set.of();
            case Expr.Unary unary -> boundIn(unary.of());
            case Expr.Binary binary -> union(boundIn(binary.left()), boundIn(binary.right()));
            case Expr.Reduce reduce -> union(boundIn(reduce.body()), Set.copyOf(reduce.bound()));
        };
    }

    /** The same read at any other indices of {@code plates}. */
    private static Expr.Read apart(Expr.Read read, Set<Plate> plates) {
        Map<Plate, Plate> twins = new HashMap<>();
        plates.forEach(plate -> twins.put(plate, plate.twin()));
        return new Expr.Read(
                read.array(),
                read.indices().stream()
                        .map(index ->
                                new Affine(
                                        index.terms().stream()
                                                .map(term ->
                                                        new Affine.Term(
                                                                twins.getOrDefault(
                                                                        term.plate(), term.plate()),
                                                                term.factor()))
                                                .toList(),
                                        index.constant()))
                        .toList());
    }

    private static Set<Plate> union(Set<Plate> some, Set<Plate> others) {
        Set<Plate> union = new HashSet<>(some);
        union.addAll(others);
        return union;
    }
}
