package gsdm.graph.model;

import java.util.List;

/**
 * Writes out the definition of every kept node, by index arithmetic: nothing is made for a node.
 */
final class Unrolled {
    private final GraphicalModel model;
    private final DefinitionSink sink;
    private final int[] positions; // by plate, the index it is at

    Unrolled(GraphicalModel model, DefinitionSink sink) {
        this.model = model;
        this.sink = sink;
        this.positions = new int[model.plates().size()];
    }

    /** How many instructions there are in a whole model: reads, constants and what takes them. */
    double count() {
        double count = 0;
        for (Variable variable : model.variables()) {
            if (variable.origin() instanceof Origin.Derived derived) {
                count += model.region(variable.array()).count() * count(derived.expr());
            }
        }
        return count;
    }

    private double count(Expr expr) {
        return switch (expr) {
            case Expr.Read _, Expr.Constant _ -> 1;
            case Expr.Unary unary -> count(unary.of()) + 1;
            case Expr.Binary binary -> count(binary.left()) + count(binary.right()) + 1;
            case Expr.Reduce reduce -> {
                double terms = 1;
                for (Plate plate : reduce.bound()) {
                    terms *= model.fullSize(plate);
                }
                boolean mean = reduce.reduction() == Expr.Reduction.MEAN;
                yield terms * (count(reduce.body()) + 1) - 1 + (mean ? 2 : 0);
            }
        };
    }

    void run() {
        for (Variable variable : model.nodeOrder()) {
            if (variable.origin() instanceof Origin.Derived derived) {
                unroll(derived.expr(), variable.array());
            }
        }
    }

    private void unroll(Expr expr, Array array) {
        Region region = model.region(array);
        for (int place = 0; place < region.count(); place++) {
            for (int axis = 0; axis < region.strides().length; axis++) {
                int[] kept = region.axes().get(axis).kept();
                int at = place / region.strides()[axis] % kept.length;
                positions[array.plates().get(axis).id()] = kept[at];
            }
            sink.begin(region.offset() + place);
            sink.end(give(expr));
        }
    }

    /** Whether all that an expression reads is kept, in which case it was given. */
    private boolean give(Expr expr) {
        return switch (expr) {
            case Expr.Read read -> give(read);
            case Expr.Constant constant -> {
                sink.constant(constant.value());
                yield true;
            }
            case Expr.Unary unary -> {
                boolean complete = give(unary.of());
                if (complete) {
                    sink.apply(unary.function());
                }
                yield complete;
            }
            case Expr.Binary binary -> {
                boolean complete = give(binary.left()) && give(binary.right());
                if (complete) {
                    sink.apply(binary.operation());
                }
                yield complete;
            }
            case Expr.Reduce reduce -> give(reduce);
        };
    }

    private boolean give(Expr.Read read) {
        Region region = model.region(read.array());
        int node = region.offset();
        for (int axis = 0; axis < region.strides().length; axis++) {
            Affine index = read.indices().get(axis);
            int at = index.constant();
            for (Affine.Term term : index.terms()) {
                at += term.factor() * positions[term.plate().id()];
            }
            int rank = region.axes().get(axis).ranks()[at];
            if (rank < 0) {
                return false;
            }
            node += rank * region.strides()[axis];
        }
        sink.read(node);
        return true;
    }

    private boolean give(Expr.Reduce reduce) {
        List<Plate> bound = reduce.bound();
        for (int loop = 0; loop < bound.size(); loop++) {
            positions[bound.get(loop).id()] = 0;
        }
        long count = 0;
        do {
            if (!give(reduce.body())) {
                return false;
            }
            if (count > 0) {
                boolean largest = reduce.reduction() == Expr.Reduction.MAX;
                sink.apply(largest ? Expr.Operation.MAX : Expr.Operation.PLUS);
            }
            count++;
        } while (advance(bound));
        if (reduce.reduction() == Expr.Reduction.MEAN) {
            sink.constant(1f / count);
            sink.apply(Expr.Operation.TIMES);
        }
        return true;
    }

    /** Goes to the next indices of plates, of the last one first; false where there are none. */
    private boolean advance(List<Plate> plates) {
        for (int loop = plates.size() - 1; loop >= 0; loop--) {
            Plate plate = plates.get(loop);
            positions[plate.id()]++;
            if (positions[plate.id()] < model.fullSize(plate)) {
                return true;
            }
            positions[plate.id()] = 0;
        }
        return false;
    }
}
