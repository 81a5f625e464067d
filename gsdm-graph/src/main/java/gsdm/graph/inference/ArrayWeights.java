package gsdm.graph.inference;

import gsdm.nn.layout.ArrayLayout;

import java.util.HashMap;
import java.util.List;
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
    Map<String, Double> of(List<ArrayLayout> arrays) {
        Map<String, Double> weights = new HashMap<>();
        double total = 0;
        for (ArrayLayout array : arrays) {
            double weight = Math.pow(array.nodes(), -power());
            weights.put(array.name(), weight);
            total += weight * array.nodes();
        }
        double factor = arrays.stream().mapToDouble(ArrayLayout::nodes).sum() / total;
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
