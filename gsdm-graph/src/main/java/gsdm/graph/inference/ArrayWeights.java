package gsdm.graph.inference;

import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.VariableLayout;

import java.util.HashMap;
import java.util.Map;

/** What the errors of an array count in the loss. */
public enum ArrayWeights {
    /** Every value alike, so an array counts by its size. */
    BY_VALUE,
    /** Every array alike, whatever its size. */
    BY_ARRAY,
    /** An array counts by the root of its size. */
    BY_ROOT;

    /** The weight of an error of each array, by name: 1 on average over the nodes. */
    Map<String, Double> of(VariableLayout layout) {
        Map<String, Double> weights = new HashMap<>();
        double total = 0;
        for (ArrayLayout array : layout.arrays()) {
            double weight = Math.pow(array.nodes(), -power());
            weights.put(array.name(), weight);
            total += weight * array.nodes();
        }
        double factor = layout.nodes() / total;
        weights.replaceAll((_, weight) -> factor * weight);
        return weights;
    }

    private double power() {
        return switch (this) {
            case BY_VALUE -> 0;
            case BY_ARRAY -> 1;
            case BY_ROOT -> 0.5;
        };
    }
}
