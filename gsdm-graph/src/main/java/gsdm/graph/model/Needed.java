package gsdm.graph.model;

import java.util.Arrays;
import java.util.List;

/**
 * Which elements of each array are needed to compute the kept nodes of a model, found axis by axis
 * from the last array to the first: the kept ones, and what kept nodes depend on through
 * reductions, which always run over whole plates.
 */
final class Needed {
    private final GraphicalModel model;
    private final boolean[][][] marks; // [arrays][axes][size of the whole axis]
    private final boolean[] windowed; // [arrays]

    Needed(GraphicalModel model) {
        this.model = model;
        List<Variable> variables = model.variables();
        marks = new boolean[variables.size()][][];
        windowed = new boolean[variables.size()];
        for (Variable variable : variables) {
            marks[variable.array().id()] =
                    variable.array().plates().stream()
                            .map(plate -> mark(model.indices(plate)))
                            .toArray(boolean[][]::new);
        }
        for (Variable variable : variables.reversed()) {
            if (variable.origin() instanceof Origin.Derived function) {
                function.expr().reads().forEach(read -> need(variable, read));
            }
        }
    }

    /** The needed indices along each axis of an array. */
    List<IndexSet> axes(Variable variable) {
        return variable.array().plates().stream().map(plate -> indices(variable, plate)).toList();
    }

    /** The indices of {@code plate} over which the needed elements of {@code variable} run. */
    IndexSet indices(Variable variable, Plate plate) {
        int axis = variable.array().plates().indexOf(plate);
        return axis < 0
                ? IndexSet.all(model.fullSize(plate))
                : IndexSet.of(marks[variable.array().id()][axis]);
    }

    /** Whether an array is read at an index of several plates. */
    boolean windowed(Variable variable) {
        return windowed[variable.array().id()];
    }

    private static boolean[] mark(IndexSet set) {
        boolean[] marks = new boolean[set.full()];
        for (int index : set.kept()) {
            marks[index] = true;
        }
        return marks;
    }

    private void need(Variable reader, Expr.Read read) {
        boolean[][] axes = marks[read.array().id()];
        for (int axis = 0; axis < axes.length; axis++) {
            Affine index = read.indices().get(axis);
            switch (index.terms().size()) {
                case 0 -> axes[axis][index.constant()] = true;
                case 1 -> {
                    Affine.Term term = index.terms().getFirst();
                    for (int at : indices(reader, term.plate()).kept()) {
                        axes[axis][index.constant() + term.factor() * at] = true;
                    }
                }
                default -> {
                    Arrays.fill(axes[axis], true);
                    windowed[read.array().id()] = true;
                }
            }
        }
    }
}
