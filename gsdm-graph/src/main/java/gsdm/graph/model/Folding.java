package gsdm.graph.model;

import gsdm.graph.model.Compiler.Storage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds the nodes whose value follows from what is observed: those that are a function of others,
 * and whose definition gives a number although whatever is not observed is unknown. A function of
 * an unknown value is unknown, but zero times it is zero. What follows is known to its readers in
 * turn; nothing is found from readers back to what they read. What a restriction dropped is
 * unknown.
 *
 * <p>Allocates nothing after it is made; for one thread at a time (make one for each thread).
 */
public final class Folding {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final Part[] parts; // in the order of definition
    private final boolean[] known; // [arrays], whether any node is
    private final Frame frame; // its values are NaN where unknown

    /**
     * An array.
     *
     * @param copies where in the scratch space readers find each node, if not among the values
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Part(
            Array array,
            ValueKind kind,
            int offset,
            int count,
            Optional<Derivation> derivation,
            int[] copies) {}

    /** How an array is computed, to the start of the scratch space. */
    private record Derivation(Expr expr, Step step) {}

    Folding(GraphicalModel model) {
        List<Variable> variables = model.variables();
        known = new boolean[variables.size()];
        int scratch = 0;
        for (Variable variable : variables) {
            scratch = Math.max(scratch, model.region(variable.array()).count());
        }
        Needed needed = new Needed(model);
        List<Part> all = new ArrayList<>();
        Storage[] storage = new Storage[variables.size()];
        for (Variable variable : variables) {
            Array array = variable.array();
            Region kept = model.region(array);
            Region read = Region.of(scratch, needed.axes(variable));
            boolean whole = read.count() == kept.count();
            storage[array.id()] = whole ? new Storage(false, kept) : new Storage(true, read);
            scratch = Math.addExact(scratch, whole ? 0 : read.count());
            all.add(
                    new Part(
                            array,
                            variable.kind(),
                            kept.offset(),
                            kept.count(),
                            variable.origin() instanceof Origin.Derived derived
                                    ? Optional.of(derivation(derived.expr(), array, model, storage))
                                    : Optional.empty(),
                            whole ? new int[0] : copies(kept, read)));
        }
        parts = all.toArray(Part[]::new);
        frame = new Frame(scratch, model.plates().size(), true);
        frame.values = new float[model.nodeCount()];
        Arrays.fill(frame.scratch, Float.NaN);
    }

    private static Derivation derivation(
            Expr expr, Array array, GraphicalModel model, Storage[] storage) {
        Step step =
                Compiler.compile(
                        expr,
                        array.plates(),
                        new Storage(true, Region.of(0, model.region(array).axes())),
                        read -> storage[read.id()],
                        plate -> model.indices(array, plate));
        return new Derivation(expr, step);
    }

    private static int[] copies(Region kept, Region read) {
        int[] copies = new int[kept.count()];
        for (int place = 0; place < copies.length; place++) {
            copies[place] = read.offset() + read.place(kept.indices(place));
        }
        return copies;
    }

    /**
     * Makes what follows from the observed nodes of an example observed as well.
     *
     * @param values [N], read where observed; receives the values that follow, those that the model
     *     itself gives but for the sign of a zero. A value that is not finite, or no category of a
     *     discrete array, does not follow
     * @param observed a float for each node, 1 where it is observed, else 0; receives 1 where a
     *     value follows
     * @param first where in {@code observed}, in floats, the first node is
     */
    public void fold(float[] values, MemorySegment observed, long first) {
        for (Part part : parts) {
            int seen = load(part, values, observed, first);
            known[part.array.id()] = seen > 0;
            if (seen < part.count && part.derivation.isPresent()) {
                Derivation derivation = part.derivation.get();
                if (mayFollow(derivation.expr)) {
                    derivation.step.run(frame, 0);
                    complete(part, values, observed, first);
                }
            }
            for (int place = 0; place < part.copies.length; place++) {
                frame.scratch[part.copies[place]] = frame.values[part.offset + place];
            }
        }
    }

    /** Takes what is observed of an array, and says of how many nodes. */
    private int load(Part part, float[] values, MemorySegment observed, long first) {
        int seen = 0;
        for (int node = part.offset; node < part.offset + part.count; node++) {
            boolean isObserved = observed.getAtIndex(FLOAT, first + node) != 0;
            frame.values[node] = isObserved ? values[node] : Float.NaN;
            seen += isObserved ? 1 : 0;
        }
        return seen;
    }

    /** Takes what was computed where it is known. */
    private void complete(Part part, float[] values, MemorySegment observed, long first) {
        for (int place = 0; place < part.count; place++) {
            int node = part.offset + place;
            float value = frame.scratch[place];
            if (Float.isNaN(frame.values[node]) && part.kind.has(value)) {
                known[part.array.id()] = true;
                frame.values[node] = value;
                values[node] = value;
                observed.setAtIndex(FLOAT, first + node, 1);
            }
        }
    }

    /** Whether any value of an expression can be known, by what is known of the arrays it reads. */
    private boolean mayFollow(Expr expr) {
        return switch (expr) {
            case Expr.Constant _ -> true;
            case Expr.Read read -> known[read.array().id()];
            case Expr.Unary unary -> mayFollow(unary.of());
            case Expr.Binary binary when binary.operation() == Expr.Operation.TIMES ->
                    mayFollow(binary.left()) || mayFollow(binary.right());
            case Expr.Binary binary -> mayFollow(binary.left()) && mayFollow(binary.right());
            case Expr.Reduce reduce -> mayFollow(reduce.body());
        };
    }
}
