package gsdm.graph.model;

import gsdm.graph.model.Compiler.Storage;
import gsdm.tensor.random.RandomStream;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Plans how to draw the kept nodes of a model. An array that is {@link Needed} only where it is
 * kept lies among the values. Of the others, elementwise functions are computed within their
 * readers and never stored; the rest is computed where needed, into scratch space, and copied.
 */
final class Planner {
    private final GraphicalModel model;
    private final Needed needed;
    private final Storage[] storage; // [arrays], of what can be read; inlined arrays have none
    private final List<Step> derived = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private int scratch;

    Planner(GraphicalModel model) {
        this.model = model;
        List<Variable> variables = model.variables();
        needed = new Needed(model);
        storage = new Storage[variables.size()];
        variables.forEach(this::plan);
    }

    /** Every step, in an order in which each finds what it reads. */
    List<Step> steps() {
        return steps;
    }

    /** The steps that compute arrays from other arrays. */
    List<Step> derived() {
        return derived;
    }

    /** Number of scratch values. */
    int scratch() {
        return scratch;
    }

    private void plan(Variable variable) {
        Array array = variable.array();
        Storage kept = new Storage(false, model.region(array));
        Region all = Region.of(scratch, needed.axes(variable));
        if (all.count() == kept.region().count()) {
            add(variable, kept, model::indices);
            storage[array.id()] = kept;
        } else if (inlined(variable)) {
            add(variable, kept, model::indices);
        } else {
            storage[array.id()] = new Storage(true, all);
            scratch = Math.addExact(scratch, all.count());
            add(variable, storage[array.id()], plate -> needed.indices(variable, plate));
            derived.add(compile(array.here(), array, kept, model::indices));
            steps.add(derived.getLast());
        }
    }

    private boolean inlined(Variable variable) {
        return variable.origin() instanceof Origin.Derived function
                && function.expr().elementwise()
                && function.expr().free().containsAll(variable.array().plates())
                && !needed.windowed(variable);
    }

    private void add(Variable variable, Storage to, Function<Plate, IndexSet> indices) {
        if (variable.origin() instanceof Origin.Derived function) {
            derived.add(compile(inline(function.expr()), variable.array(), to, indices));
            steps.add(derived.getLast());
            if (variable.kind() instanceof ValueKind.Discrete kind) {
                steps.add(new Step.Check(variable.name(), kind, to.scratch(), to.region()));
            }
        } else {
            steps.add(fill(variable, to));
        }
    }

    private Step compile(Expr expr, Array array, Storage to, Function<Plate, IndexSet> indices) {
        List<Plate> axes = array.plates();
        return Compiler.compile(
                expr,
                axes,
                to,
                read -> storage[read.id()],
                plate ->
                        axes.contains(plate)
                                ? indices.apply(plate)
                                : IndexSet.all(model.fullSize(plate)));
    }

    /** Puts the definition of every array that is not stored in the place of its reads. */
    private Expr inline(Expr expr) {
        return switch (expr) {
            case Expr.Constant constant -> constant;
            case Expr.Read read ->
                    storage[read.array().id()] != null ? read : inline(definition(read));
            case Expr.Unary unary -> new Expr.Unary(unary.function(), inline(unary.of()));
            case Expr.Binary binary ->
                    new Expr.Binary(
                            binary.operation(), inline(binary.left()), inline(binary.right()));
            case Expr.Reduce reduce ->
                    new Expr.Reduce(reduce.reduction(), reduce.bound(), inline(reduce.body()));
        };
    }

    private Expr definition(Expr.Read read) {
        Variable variable = model.variables().get(read.array().id());
        if (!(variable.origin() instanceof Origin.Derived function)) {
            throw new IllegalStateException("'%s' has no storage".formatted(variable.name()));
        }
        return substitute(function.expr(), read);
    }

    /** {@code expr}, an elementwise definition, at the indices of a read of what it defines. */
    private static Expr substitute(Expr expr, Expr.Read at) {
        return switch (expr) {
            case Expr.Constant constant -> constant;
            case Expr.Read read ->
                    new Expr.Read(
                            read.array(),
                            read.indices().stream().map(index -> substitute(index, at)).toList());
            case Expr.Unary unary -> new Expr.Unary(unary.function(), substitute(unary.of(), at));
            case Expr.Binary binary ->
                    new Expr.Binary(
                            binary.operation(),
                            substitute(binary.left(), at),
                            substitute(binary.right(), at));
            case Expr.Reduce _ ->
                    throw new IllegalStateException("a reduction is stored, never inlined");
        };
    }

    private static Affine substitute(Affine index, Expr.Read at) {
        Affine result = Index.constant(index.constant());
        for (Affine.Term term : index.terms()) {
            Affine plate = at.indices().get(at.array().plates().indexOf(term.plate()));
            result = result.added(plate.scaled(term.factor()));
        }
        return result;
    }

    private Step fill(Variable variable, Storage to) {
        int[] shape = model.fullShape(variable);
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return new Step.Fill(
                to.scratch(),
                to.region().offset(),
                variable.array().id(),
                source(variable.origin()),
                to.region().axes().stream().map(IndexSet::kept).toArray(int[][]::new),
                strides);
    }

    private static Source source(Origin origin) {
        return switch (origin) {
            case Origin.Normal normal ->
                    (key, index) -> normal.mean() + normal.std() * RandomStream.normal(key, index);
            case Origin.Uniform uniform ->
                    (key, index) ->
                            uniform.low()
                                    + (uniform.high() - uniform.low())
                                            * RandomStream.uniform(key, index);
            case Origin.Categorical categorical ->
                    (key, index) -> RandomStream.below(key, index, categorical.options());
            case Origin.Data data -> data.source();
            case Origin.Derived _ ->
                    throw new IllegalStateException("a derived array is computed, not drawn");
        };
    }
}
