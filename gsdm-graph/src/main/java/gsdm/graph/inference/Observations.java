package gsdm.graph.inference;

import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Scale;
import gsdm.graph.model.ValueKind;
import gsdm.graph.model.Variable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of a model's nodes in each of some cases. A NaN says that a node is not observed,
 * so any part of an array can be.
 */
public final class Observations {
    /** Standard deviations of its array beyond which a value is said to be far. */
    private static final double FAR = 8;

    private final GraphicalModel model;
    private final int count;
    private final Map<String, float[]> arrays; // [count, nodes] each, NaN where unobserved

    private Observations(GraphicalModel model, int count, Map<String, float[]> arrays) {
        this.model = model;
        this.count = count;
        this.arrays = arrays;
    }

    /** Cases of which nothing is observed. */
    public static Observations none(GraphicalModel model, int count) {
        Objects.requireNonNull(model, "model");
        if (count < 1) {
            throw new IllegalArgumentException("there must be a case or more; found " + count);
        }
        return new Observations(model, count, Map.of());
    }

    /** One case of which one array is observed; see {@link #and}. */
    public static Observations of(GraphicalModel model, String array, float... observed) {
        return none(model, 1).and(array, observed);
    }

    /**
     * These observations and those of one more array.
     *
     * @param observed [count, nodes of the array] row-major; categories as 0, 1, ...; NaN where a
     *     node is not observed; copied
     * @throws IllegalArgumentException if the number of values is another, or a value is not one
     *     the array can have
     */
    public Observations and(String array, float... observed) {
        Objects.requireNonNull(observed, "observed");
        Variable variable = model.variable(array);
        int nodes = model.count(array);
        if (observed.length != (long) count * nodes) {
            throw new IllegalArgumentException(
                    "%s: expected %d values (%d for each of %d cases), found %d"
                            .formatted(array, (long) count * nodes, nodes, count, observed.length));
        }
        for (float value : observed) {
            check(variable, value);
        }
        Map<String, float[]> all = new HashMap<>(arrays);
        all.put(array, observed.clone());
        return new Observations(model, count, all);
    }

    private static void check(Variable variable, float value) {
        if (Float.isInfinite(value)) {
            throw new IllegalArgumentException(variable.name() + ": a value is infinite");
        }
        if (variable.kind() instanceof ValueKind.Discrete discrete
                && !Float.isNaN(value)
                && !discrete.has(value)) {
            throw new IllegalArgumentException(
                    "%s: expected a category from 0 to %d, found %s"
                            .formatted(variable.name(), discrete.options() - 1, value));
        }
    }

    /** The number of cases. */
    public int count() {
        return count;
    }

    /** The model observed. */
    public GraphicalModel model() {
        return model;
    }

    /** The arrays observed whole in a case. */
    public Set<String> whole(int index) {
        return arrays(index, true);
    }

    /** The arrays of which some nodes but not all are observed in a case. */
    public Set<String> partly(int index) {
        return arrays(index, false);
    }

    private Set<String> arrays(int index, boolean whole) {
        Set<String> names = new LinkedHashSet<>();
        for (ArrayNodes array : model.layout().arrays()) {
            int observed = observed(array, index);
            if (whole ? observed == array.count() : observed > 0 && observed < array.count()) {
                names.add(array.name());
            }
        }
        return names;
    }

    private int observed(ArrayNodes array, int index) {
        float[] values = arrays.get(array.name());
        int observed = 0;
        for (int i = 0; values != null && i < array.count(); i++) {
            observed += Float.isNaN(values[index * array.count() + i]) ? 0 : 1;
        }
        return observed;
    }

    /**
     * A sentence for each array of which values lie far outside what the model gives.
     *
     * @param scales of the arrays, by name
     */
    List<String> outliers(Map<String, Scale> scales) {
        List<String> sentences = new ArrayList<>();
        for (ArrayNodes array : model.layout().arrays()) {
            if (array.kind() instanceof ValueKind.Continuous && arrays.containsKey(array.name())) {
                outliers(array, scales.get(array.name())).ifPresent(sentences::add);
            }
        }
        return sentences;
    }

    private Optional<String> outliers(ArrayNodes array, Scale scale) {
        int far = 0;
        double farthest = 0;
        for (float value : arrays.get(array.name())) {
            double distance = Math.abs((double) value - scale.mean()) / scale.std();
            if (distance > FAR) { // which NaN, for what is not observed, is not
                far++;
                farthest = Math.max(farthest, distance);
            }
        }
        return far == 0
                ? Optional.empty()
                : Optional.of(
                        String.format(
                                Locale.ROOT,
                                "observed values of %s are far from what the model gives: %d beyond"
                                        + " %.0f of its standard deviations, the farthest at %.3g:"
                                        + " samples may be far off",
                                array.name(),
                                far,
                                FAR,
                                farthest));
    }

    /**
     * Writes a case where a sampler reads it.
     *
     * @param example which one it is there
     * @param known [B, X] receives the values, 0 where unobserved
     * @param observed [B, N] receives 1 where a node is observed, else 0
     */
    void write(
            int index, ValueCodec codec, int example, MemorySegment known, MemorySegment observed) {
        codec.hide(example, known, observed);
        arrays.forEach(
                (array, values) -> codec.show(array, values, index, example, known, observed));
    }

    /** The count, and the first values of the first case. */
    @Override
    public String toString() {
        float[] first = new float[model.nodeCount()];
        Arrays.fill(first, Float.NaN);
        arrays.forEach((array, values) ->
                System.arraycopy(values, 0, first, model.offset(array), model.count(array)));
        return "Observations[count=%d, first: %s]".formatted(count, Brief.values(model, first));
    }
}
