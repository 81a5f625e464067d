package gsdm.graph.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the definitions of derived arrays give from values in place, whatever stands at the arrays
 * themselves: {@link AncestralSampler#derive} goes on from what it has computed, this does not. Of
 * arrays whose definitions read nothing but what is kept. For one thread at a time.
 */
public final class DefinedValues {
    private final int nodeCount;
    private final List<String> arrays = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final Frame frame;

    private DefinedValues(GraphicalModel model) {
        this.nodeCount = model.nodeCount();
        this.frame = new Frame(nodeCount, model.plates().size(), false);
        for (Variable variable : model.variables()) {
            if (variable.origin() instanceof Origin.Derived derived
                    && derived.expr().reads().stream()
                            .allMatch(read -> kept(model, variable, read))) {
                arrays.add(variable.name());
                steps.add(compile(model, variable.array(), derived.expr()));
            }
        }
    }

    static DefinedValues of(GraphicalModel model) {
        return new DefinedValues(model);
    }

    private static Step compile(GraphicalModel model, Array array, Expr expr) {
        return Compiler.compile(
                expr,
                array.plates(),
                new Compiler.Storage(true, model.region(array)),
                read -> new Compiler.Storage(false, model.region(read)),
                plate -> model.indices(array, plate));
    }

    /** Whether every element that kept ones of an array read is kept. */
    private static boolean kept(GraphicalModel model, Variable reader, Expr.Read read) {
        return IntStream.range(0, read.indices().size())
                .allMatch(axis -> kept(model, reader, read, axis));
    }

    private static boolean kept(GraphicalModel model, Variable reader, Expr.Read read, int axis) {
        IndexSet set = model.indices(read.array().plates().get(axis));
        Affine index = read.indices().get(axis);
        if (set.whole()) {
            return true;
        }
        return switch (index.terms().size()) {
            case 0 -> set.ranks()[index.constant()] >= 0;
            case 1 -> {
                Affine.Term term = index.terms().getFirst();
                yield IntStream.of(model.indices(reader.array(), term.plate()).kept())
                        .allMatch(at -> set.ranks()[index.constant() + term.factor() * at] >= 0);
            }
            default -> false; // a window over an axis that is not whole
        };
    }

    /** The names of the arrays, in the order of definition. */
    public List<String> arrays() {
        return List.copyOf(arrays);
    }

    /**
     * Evaluates every definition.
     *
     * @param values of every node, {@code [N]}
     * @return what the definitions give, at the nodes of {@link #arrays}, {@code [N]}; valid until
     *     the next call
     */
    public float[] at(float[] values) {
        if (values.length != nodeCount) {
            throw new IllegalArgumentException(
                    "expected the values of %d nodes, found %d"
                            .formatted(nodeCount, values.length));
        }
        frame.values = values;
        for (Step step : steps) {
            step.run(frame, 0);
        }
        return frame.scratch;
    }
}
