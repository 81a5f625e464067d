package gsdm.graph.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.SequencedSet;
import java.util.Set;

/**
 * A value for each index of its free plates. An expression is not a node: it becomes nodes only
 * when {@link ModelBuilder#let} names it, and links the named array to every array it reads. What
 * it reads together is tied, see {@link Tie}. As text it is a formula, {@code sum[k](A[i, k] * R[j,
 * k])}, and equal formulas compute the same.
 */
public sealed interface Expr
        permits Expr.Read, Expr.Constant, Expr.Unary, Expr.Binary, Expr.Reduce {

    /** An element of {@code array}. */
    record Read(Array array, List<Affine> indices) implements Expr {
        public Read {
            indices = List.copyOf(indices);
        }

        @Override
        public String toString() {
            return array.name() + indices;
        }
    }

    /** The same number everywhere. */
    record Constant(float value) implements Expr {
        @Override
        public String toString() {
            return Float.toString(value);
        }
    }

    /** A function of one value. */
    record Unary(Function function, Expr of) implements Expr {
        @Override
        public String toString() {
            return "%s(%s)".formatted(lower(function), of);
        }
    }

    /** A function of two values. */
    record Binary(Operation operation, Expr left, Expr right) implements Expr {
        @Override
        public String toString() {
            return switch (operation) {
                case PLUS -> "%s + %s".formatted(left, inner(right));
                case MINUS -> "%s - %s".formatted(left, inner(right));
                case TIMES -> "%s * %s".formatted(inner(left), inner(right));
                case MAX -> "max(%s, %s)".formatted(left, right);
            };
        }

        /** An operand, set apart where it has a sign of its own between its parts. */
        private static String inner(Expr operand) {
            boolean apart = operand instanceof Binary binary && binary.operation != Operation.MAX;
            return apart ? "(%s)".formatted(operand) : operand.toString();
        }
    }

    /** {@code body} combined over every index of the bound plates, in the order of the plates. */
    record Reduce(Reduction reduction, List<Plate> bound, Expr body) implements Expr {
        public Reduce {
            bound = List.copyOf(bound);
            if (bound.isEmpty()) {
                throw new ModelException(
                        "a %s needs at least one plate to run over".formatted(lower(reduction)));
            }
            SequencedSet<Plate> free = body.free();
            Set<Plate> seen = new HashSet<>();
            for (Plate plate : bound) {
                if (!free.contains(plate)) {
                    throw new ModelException(
                            "%s over plate '%s', but the expression depends on %s only: drop it"
                                            .formatted(lower(reduction), plate, free)
                                    + " (or multiply by the plate's size)");
                }
                if (!seen.add(plate)) {
                    throw new ModelException(
                            "%s over plate '%s' twice: name each bound plate once"
                                    .formatted(lower(reduction), plate));
                }
            }
        }

        @Override
        public String toString() {
            return "%s%s(%s)".formatted(lower(reduction), bound, body);
        }
    }

    /** Functions of one value. */
    enum Function {
        RELU,
        TANH,
        EXP
    }

    /** Functions of two values. */
    enum Operation {
        PLUS,
        MINUS,
        TIMES,
        MAX
    }

    /** Ways to combine the values along bound plates. */
    enum Reduction {
        SUM,
        MEAN,
        MAX
    }

    static Expr constant(double value) {
        return new Constant((float) value);
    }

    default Expr plus(Expr other) {
        return new Binary(Operation.PLUS, this, other);
    }

    default Expr plus(double other) {
        return plus(constant(other));
    }

    default Expr minus(Expr other) {
        return new Binary(Operation.MINUS, this, other);
    }

    default Expr minus(double other) {
        return minus(constant(other));
    }

    default Expr times(Expr other) {
        return new Binary(Operation.TIMES, this, other);
    }

    default Expr times(double other) {
        return times(constant(other));
    }

    default Expr max(Expr other) {
        return new Binary(Operation.MAX, this, other);
    }

    default Expr relu() {
        return new Unary(Function.RELU, this);
    }

    default Expr tanh() {
        return new Unary(Function.TANH, this);
    }

    default Expr exp() {
        return new Unary(Function.EXP, this);
    }

    default Expr sum(Plate... bound) {
        return new Reduce(Reduction.SUM, List.of(bound), this);
    }

    default Expr mean(Plate... bound) {
        return new Reduce(Reduction.MEAN, List.of(bound), this);
    }

    default Expr max(Plate... bound) {
        return new Reduce(Reduction.MAX, List.of(bound), this);
    }

    /** The plates the value still depends on, in order of appearance. */
    default SequencedSet<Plate> free() {
        SequencedSet<Plate> free = new LinkedHashSet<>();
        switch (this) {
            case Read read ->
                    read.indices.forEach(
                            index -> index.terms().forEach(term -> free.add(term.plate())));
            case Constant _ -> {}
            case Unary unary -> free.addAll(unary.of.free());
            case Binary binary -> {
                free.addAll(binary.left.free());
                free.addAll(binary.right.free());
            }
            case Reduce reduce -> {
                free.addAll(reduce.body.free());
                reduce.bound.forEach(free::remove);
            }
        }
        return free;
    }

    /** Every distinct read, in order of appearance. */
    default List<Read> reads() {
        SequencedSet<Read> reads = new LinkedHashSet<>();
        collect(this, reads);
        return new ArrayList<>(reads);
    }

    /** Whether each element depends on one index of everything it reads, never on a whole plate. */
    default boolean elementwise() {
        return switch (this) {
            case Read _, Constant _ -> true;
            case Unary unary -> unary.of.elementwise();
            case Binary binary -> binary.left.elementwise() && binary.right.elementwise();
            case Reduce _ -> false;
        };
    }

    private static void collect(Expr expr, Set<Read> reads) {
        switch (expr) {
            case Read read -> reads.add(read);
            case Constant _ -> {}
            case Unary unary -> collect(unary.of, reads);
            case Binary binary -> {
                collect(binary.left, reads);
                collect(binary.right, reads);
            }
            case Reduce reduce -> collect(reduce.body, reads);
        }
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
