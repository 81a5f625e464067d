package gsdm.graph.model;

import java.util.List;

/**
 * Draws the values of a model's nodes. Allocates nothing after it is made; for one thread at a time
 * (make one for each thread).
 */
public final class AncestralSampler {
    private final int nodeCount;
    private final List<Step> steps;
    private final List<Step> derived;
    private final Frame frame;

    private AncestralSampler(GraphicalModel model, Planner planner) {
        this.nodeCount = model.nodeCount();
        this.steps = List.copyOf(planner.steps());
        this.derived = List.copyOf(planner.derived());
        this.frame = new Frame(planner.scratch(), model.plates().size(), false);
    }

    static AncestralSampler of(GraphicalModel model) {
        return new AncestralSampler(model, new Planner(model));
    }

    /** Draws one example into {@code values[0 .. N)}; see {@link #draw(long, float[], int)}. */
    public void draw(long key, float[] values) {
        draw(key, values, 0);
    }

    /**
     * Draws one example from the prior, ancestors first.
     *
     * @param key of this example's random numbers; a node's value is a function of the key and of
     *     its index in the whole model, so restricting a model does not change it
     * @param values receives one value for each node, in node order; categories as 0, 1, ...
     * @param offset where in {@code values} the first node goes
     */
    public void draw(long key, float[] values, int offset) {
        run(steps, key, values, offset);
    }

    /**
     * Computes again every array that is a function of others, from the values in place.
     *
     * @throws IllegalStateException if values outside the kept nodes are needed
     */
    public void derive(float[] values, int offset) {
        if (frame.scratch.length > 0) {
            throw new IllegalStateException(
                    "a restricted model lacks values that its nodes depend on: derive the whole"
                            + " model");
        }
        run(derived, 0, values, offset);
    }

    private void run(List<Step> plan, long key, float[] values, int offset) {
        if (offset < 0 || values.length - offset < nodeCount) {
            throw new IllegalArgumentException(
                    "expected room for %d values from %d on, found an array of %d"
                            .formatted(nodeCount, offset, values.length));
        }
        frame.values = values;
        frame.offset = offset;
        for (int step = 0; step < plan.size(); step++) {
            plan.get(step).run(frame, key);
        }
    }
}
