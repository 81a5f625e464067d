package gsdm.graph.problem;

import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.DefinedValues;
import gsdm.graph.model.GraphicalModel;
import gsdm.graph.model.Scale;
import gsdm.graph.model.ValueKind;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * How well the nodes of a sample go together, for any model. For each array that is a function of
 * others {@code consistency/NAME}: the root of the mean square of a sampled value minus what the
 * array's definition gives from its sampled parents, over the array's standard deviation in the
 * prior ({@link Scale}); for a discrete array the share of nodes that are not what the definition
 * gives. 0 for a draw of the model itself. Of a restricted model, arrays whose definitions read
 * what is not kept are left out. For one thread at a time.
 */
public final class Consistency implements Metric {
    private static final String PREFIX = "consistency/";

    private final DefinedValues definitions;
    private final List<ArrayNodes> arrays;
    private final Map<String, Scale> scales;

    /**
     * The consistency of samples of a model.
     *
     * @param key of the draws that give the standard deviations
     */
    public Consistency(GraphicalModel model, long key) {
        this.definitions = model.definedValues();
        this.arrays =
                model.layout().arrays().stream()
                        .filter(array -> definitions.arrays().contains(array.name()))
                        .toList();
        this.scales = Scale.estimate(model, key);
    }

    /** Whether a figure of that name is one of these. */
    public static boolean isConsistency(String name) {
        return name.startsWith(PREFIX);
    }

    @Override
    public SequencedMap<String, Figure> figures() {
        SequencedMap<String, Figure> figures = new LinkedHashMap<>();
        for (ArrayNodes array : arrays) {
            int term = figures.size();
            float deviation = scales.get(array.name()).std();
            figures.put(
                    PREFIX + array.name(),
                    discrete(array)
                            ? means -> means[term]
                            : means -> Math.sqrt(means[term]) / deviation);
        }
        return figures;
    }

    /** Of each array the mean over its nodes. */
    @Override
    public double[] terms(float[] truth, float[] estimate, float[] prior) {
        float[] defined = definitions.at(estimate);
        return arrays.stream().mapToDouble(array -> mean(array, estimate, defined)).toArray();
    }

    private static double mean(ArrayNodes array, float[] sampled, float[] defined) {
        double sum = 0;
        for (int node = array.offset(); node < array.offset() + array.count(); node++) {
            double difference = (double) sampled[node] - defined[node];
            if (discrete(array)) {
                sum += difference == 0 ? 0 : 1;
            } else {
                sum += difference * difference;
            }
        }
        return sum / array.count();
    }

    private static boolean discrete(ArrayNodes array) {
        return array.kind() instanceof ValueKind.Discrete;
    }
}
