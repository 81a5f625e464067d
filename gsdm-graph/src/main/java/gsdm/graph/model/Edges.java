package gsdm.graph.model;

import gsdm.tensor.sparse.EdgeSink;
import gsdm.tensor.sparse.EdgeSource;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The edges of a model, parent to child, found by running through plates: nothing is stored for a
 * node or an edge. An edge is given more than once only where two reads of one child meet.
 */
final class Edges implements EdgeSource {
    private final GraphicalModel model;
    private final List<Joint> joints;

    /** Ties {@code from} to {@code to} for each index of {@code loops}. */
    private record Joint(Expr.Read from, Expr.Read to, List<Plate> loops) {
        boolean sameArray() {
            return from.array() == to.array();
        }

        /** Whether from one index of a plate to the next the ends move apart. */
        boolean movesApart(Plate plate) {
            return IntStream.range(0, from.indices().size())
                    .anyMatch(axis ->
                            from.indices().get(axis).factor(plate)
                                    != to.indices().get(axis).factor(plate));
        }
    }

    Edges(GraphicalModel model) {
        this.model = model;
        this.joints = new ArrayList<>();
        for (Variable variable : model.variables()) {
            if (variable.origin() instanceof Origin.Derived derived) {
                Expr.Read child = (Expr.Read) variable.array().here();
                for (Expr.Read parent : derived.expr().reads()) {
                    joints.add(joint(parent, child));
                }
            }
        }
        for (Definition.Link link : model.definition().links()) {
            joints.add(joint(link.from(), link.to()));
        }
        for (Tie tie : model.ties()) {
            joints.add(joint(tie.one(), tie.other()));
        }
    }

    /** Those of one tie. */
    Edges(GraphicalModel model, Tie tie) {
        this.model = model;
        this.joints = List.of(joint(tie.one(), tie.other()));
    }

    /** The child's plates outermost, so that its parents come one after the other. */
    private static Joint joint(Expr.Read from, Expr.Read to) {
        Set<Plate> loops = new LinkedHashSet<>(to.free());
        loops.addAll(from.free());
        return new Joint(from, to, List.copyOf(loops));
    }

    /**
     * How many a whole model gives at least, told by the sizes of plates, since a walk along
     * billions takes minutes: exact where no array is tied to itself.
     */
    double least() {
        return joints.stream().mapToDouble(this::least).sum();
    }

    private double least(Joint joint) {
        double all = 1;
        int apart = 1; // indices of a plate: at one, at most, an edge leads from a node to itself
        for (Plate plate : joint.loops) {
            all *= model.fullSize(plate);
            if (joint.sameArray() && joint.movesApart(plate)) {
                apart = Math.max(apart, model.fullSize(plate));
            }
        }
        return joint.sameArray() ? all - all / apart : all;
    }

    @Override
    public void forEach(EdgeSink sink) {
        for (Joint joint : joints) {
            new Walk(joint, sink).run(0);
        }
    }

    private final class Walk {
        private final EdgeSink sink;
        private final Locator from;
        private final Locator to;
        private final int[][] indices; // [loops][kept]

        Walk(Joint joint, EdgeSink sink) {
            this.sink = sink;
            from = new Locator(joint.from, model.region(joint.from.array()), joint.loops);
            to = new Locator(joint.to, model.region(joint.to.array()), joint.loops);
            indices = new int[joint.loops.size()][];
            for (int loop = 0; loop < indices.length; loop++) {
                indices[loop] = indices(joint, joint.loops.get(loop)).kept();
            }
        }

        /**
         * A plate that only moves a window runs over all its indices: restricting it drops no node.
         */
        private IndexSet indices(Joint joint, Plate plate) {
            return isAxis(joint.from, plate) || isAxis(joint.to, plate)
                    ? model.indices(plate)
                    : IndexSet.all(model.fullSize(plate));
        }

        private static boolean isAxis(Expr.Read read, Plate plate) {
            int axis = read.array().plates().indexOf(plate);
            return axis >= 0 && read.indices().get(axis).equals(plate.affine());
        }

        void run(int loop) {
            if (loop == indices.length) {
                emit(from.node(), to.node());
            } else if (loop == indices.length - 1) {
                for (int index : indices[loop]) {
                    emit(from.node(loop, index), to.node(loop, index));
                }
            } else {
                for (int index : indices[loop]) {
                    from.enter(loop, index);
                    to.enter(loop, index);
                    run(loop + 1);
                }
            }
        }

        private void emit(int parent, int child) {
            if (parent >= 0 && child >= 0 && parent != child) {
                sink.edge(parent, child);
            }
        }
    }
}
