package gsdm.graph.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a generative program is written with; see {@link GraphicalModel#define}. Every array is
 * defined from arrays above it, so a model cannot have a cycle.
 */
public final class ModelBuilder {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

    private final Map<String, Plate> plates = new LinkedHashMap<>();
    private final Map<String, Variable> variables = new LinkedHashMap<>();
    private final List<Definition.Link> links = new ArrayList<>();

    ModelBuilder() {}

    /** A plate whose indices are exchangeable: rows, data points, hidden units. */
    public Plate plate(String name, int size) {
        return addPlate(name, size, false);
    }

    /** A plate whose indices differ in kind: pixels, kernel taps, time. */
    public Plate ordered(String name, int size) {
        return addPlate(name, size, true);
    }

    /** Standard normal values. */
    public Array normal(String name, Plate... plates) {
        return normal(name, 0, 1, plates);
    }

    public Array normal(String name, double mean, double std, Plate... plates) {
        return add(name, new Origin.Normal((float) mean, (float) std), plates);
    }

    /** Values uniform on {@code [low, high)}. */
    public Array uniform(String name, double low, double high, Plate... plates) {
        return add(name, new Origin.Uniform((float) low, (float) high), plates);
    }

    /** Discrete values, each option equally likely. */
    public Array categorical(String name, int options, Plate... plates) {
        return add(
                name,
                new ValueKind.Discrete(options),
                new Origin.Categorical(options),
                List.of(plates));
    }

    /** Values from outside the model. */
    public Array data(String name, Source source, Plate... plates) {
        return add(name, new Origin.Data(source), plates);
    }

    /**
     * One node for each index of {@code plates}, with the value of {@code expr} there. A network
     * does not see in which role a node is read: where an array is read at two indices that are not
     * alike, as in {@code s[i] - s[j]}, name the second, {@code t[j] = -s[j]}, and read that.
     */
    public Array let(String name, Expr expr, Plate... plates) {
        return derived(name, new ValueKind.Continuous(), expr, plates);
    }

    /**
     * As {@link #let}, for an expression whose values are 0, 1, ..., {@code options - 1}. One that
     * is sure to give others is refused here, any other as soon as such a value is drawn.
     */
    public Array discrete(String name, int options, Expr expr, Plate... plates) {
        return derived(name, new ValueKind.Discrete(options), expr, plates);
    }

    /**
     * The array of that name.
     *
     * @throws ModelException if it is not defined above
     */
    public Array array(String name) {
        return known(name).array();
    }

    /**
     * Lets the nodes that two expressions read attend to each other, for each index of the plates
     * of either: {@code link(g.at(r, c), g.at(r, d))} ties every two cells of a row. Each must be a
     * plain {@link Array#at}.
     */
    public void link(Expr from, Expr to) {
        if (!(from instanceof Expr.Read left && to instanceof Expr.Read right)) {
            throw new ModelException("a link joins two plain reads such as a.at(i) and b.at(j)");
        }
        checkOwned("link", left);
        checkOwned("link", right);
        links.add(new Definition.Link(left, right));
    }

    /**
     * Gives the nodes of {@code array} one EE embedding for each index of {@code distinct}, instead
     * of one for each index of its ordered plates.
     */
    public void embedBy(Array array, Plate... distinct) {
        Variable variable = known(array.name());
        for (Plate plate : distinct) {
            if (!array.plates().contains(plate)) {
                throw new ModelException(
                        "'%s' has no axis '%s' to embed by: its axes are %s"
                                .formatted(array.name(), plate, array.plates()));
            }
        }
        variables.put(array.name(), variable.withDistinct(List.of(distinct)));
    }

    Definition finish() {
        if (variables.isEmpty()) {
            throw new ModelException("the model has no arrays: define at least one");
        }
        Set<Plate> used = new HashSet<>();
        Set<Array> read = new HashSet<>();
        for (Expr.Read each : reads()) {
            used.addAll(each.free());
            read.add(each.array());
        }
        for (Variable variable : variables.values()) {
            used.addAll(variable.array().plates());
            if (!(variable.origin() instanceof Origin.Derived)
                    && !read.contains(variable.array())) {
                throw new ModelException(
                        ("'%s' is drawn, but nothing reads it: remove it, or read it in a let or a"
                                        + " link")
                                .formatted(variable.name()));
            }
        }
        for (Plate plate : plates.values()) {
            if (!used.contains(plate)) {
                throw new ModelException(
                        "plate '%s' is never used: remove it, or list it among an array's axes"
                                .formatted(plate));
            }
        }
        return new Definition(List.copyOf(plates.values()), List.copyOf(variables.values()), links);
    }

    /** Every read of every definition and link. */
    private List<Expr.Read> reads() {
        List<Expr.Read> reads = new ArrayList<>();
        for (Variable variable : variables.values()) {
            if (variable.origin() instanceof Origin.Derived derived) {
                reads.addAll(derived.expr().reads());
            }
        }
        for (Definition.Link link : links) {
            reads.add(link.from());
            reads.add(link.to());
        }
        return reads;
    }

    private Plate addPlate(String name, int size, boolean ordered) {
        checkName("a plate", name);
        if (size < 1) {
            throw new ModelException(
                    "plate '%s' needs a size of at least 1, found %d".formatted(name, size));
        }
        Plate plate = new Plate(this, plates.size(), name, size, ordered);
        if (plates.putIfAbsent(name, plate) != null) {
            throw new ModelException(
                    "plate '%s' is declared twice: choose another name".formatted(name));
        }
        return plate;
    }

    private Array derived(String name, ValueKind kind, Expr expr, Plate... axes) {
        checkName("an array", name);
        Objects.requireNonNull(expr, "expr");
        List<Plate> list = List.of(axes);
        for (Expr.Read read : expr.reads()) {
            checkOwned(name, read);
        }
        for (Plate plate : expr.free()) {
            if (!list.contains(plate)) {
                throw new ModelException(
                        ("'%s' depends on plate '%s', which is neither one of its axes %s nor"
                             + " bound: add it to the axes, or reduce over it as in .sum(%s)")
                                .formatted(name, plate, list, plate));
            }
        }
        checkBound(name, expr, list);
        if (kind instanceof ValueKind.Discrete && continuous(expr)) {
            throw new ModelException(
                    ("'%s' is discrete, but its values are real numbers, as those it reads: make it"
                                    + " of discrete arrays, or define it with let")
                            .formatted(name));
        }
        return add(name, kind, new Origin.Derived(expr), list);
    }

    private Array add(String name, Origin origin, Plate... axes) {
        return add(name, new ValueKind.Continuous(), origin, List.of(axes));
    }

    private Array add(String name, ValueKind kind, Origin origin, List<Plate> axes) {
        checkName("an array", name);
        if (variables.containsKey(name)) {
            throw new ModelException(
                    "array '%s' is defined twice: choose another name".formatted(name));
        }
        Set<Plate> seen = new HashSet<>();
        for (Plate plate : axes) {
            checkOwned(name, plate);
            if (!seen.add(plate)) {
                throw new ModelException(
                        ("'%s' lists plate '%s' twice among its axes: declare a second plate of the"
                                        + " same size for the other axis")
                                .formatted(name, plate));
            }
        }
        Array array = new Array(this, variables.size(), name, axes);
        List<Plate> distinct = axes.stream().filter(Plate::ordered).toList();
        variables.put(name, new Variable(array, kind, origin, distinct));
        return array;
    }

    /** Whether values are real numbers for sure: drawn as such, and nothing since cuts them off. */
    private boolean continuous(Expr expr) {
        return switch (expr) {
            case Expr.Constant _, Expr.Unary _ -> false;
            case Expr.Read read ->
                    switch (variables.get(read.array().name()).origin()) {
                        case Origin.Normal _, Origin.Uniform _ -> true;
                        case Origin.Categorical _, Origin.Data _ -> false;
                        case Origin.Derived derived -> continuous(derived.expr());
                    };
            case Expr.Binary binary when binary.operation() == Expr.Operation.MAX ->
                    continuous(binary.left()) && continuous(binary.right());
            case Expr.Binary binary -> continuous(binary.left()) || continuous(binary.right());
            case Expr.Reduce reduce -> continuous(reduce.body());
        };
    }

    private Variable known(String name) {
        Variable variable = variables.get(name);
        if (variable == null) {
            throw new ModelException(
                    ("array '%s' is used before its definition: an array can only depend on arrays"
                                    + " above it (no cycles); defined so far: %s")
                            .formatted(name, variables.keySet()));
        }
        return variable;
    }

    private static void checkBound(String name, Expr expr, List<Plate> taken) {
        switch (expr) {
            case Expr.Read _, Expr.Constant _ -> {}
            case Expr.Unary unary -> checkBound(name, unary.of(), taken);
            case Expr.Binary binary -> {
                checkBound(name, binary.left(), taken);
                checkBound(name, binary.right(), taken);
            }
            case Expr.Reduce reduce -> {
                List<Plate> inside = new ArrayList<>(taken);
                for (Plate plate : reduce.bound()) {
                    if (taken.contains(plate)) {
                        throw new ModelException(
                                ("'%s' reduces over plate '%s', which is already one of its axes or"
                                                + " reduced over around it: declare a second plate")
                                        .formatted(name, plate));
                    }
                    inside.add(plate);
                }
                checkBound(name, reduce.body(), inside);
            }
        }
    }

    private void checkOwned(String reader, Expr.Read read) {
        if (read.array().owner() != this) {
            throw new ModelException(
                    "'%s' reads '%s', an array of another model".formatted(reader, read.array()));
        }
        read.free().forEach(plate -> checkOwned(reader, plate));
    }

    private void checkOwned(String reader, Plate plate) {
        if (plate.owner() != this) {
            throw new ModelException(
                    "'%s' uses '%s', a plate of another model".formatted(reader, plate));
        }
    }

    private static void checkName(String what, String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new ModelException(
                    "'%s' cannot name %s: use letters, digits and underscores, a letter first"
                            .formatted(name, what));
        }
    }
}
