package gsdm.graph.inference;

import gsdm.graph.model.ArrayNodes;
import gsdm.graph.model.GraphicalModel;

import java.util.ArrayList;
import java.util.List;

/** Values as a line that a person can read, however many there are. */
final class Brief {
    private static final int MOST_ARRAYS = 8;
    private static final int MOST_VALUES = 4;

    private Brief() {}

    /**
     * The first values of each array that has any.
     *
     * @param values begin with [N], NaN where there is none
     */
    static String values(GraphicalModel model, float[] values) {
        List<String> arrays = new ArrayList<>();
        for (ArrayNodes array : model.layout().arrays()) {
            if (arrays.size() == MOST_ARRAYS) {
                arrays.add("...");
                break;
            }
            if (hasAny(array, values)) {
                arrays.add(array.name() + "=" + values(array, values));
            }
        }
        return arrays.isEmpty() ? "nothing" : String.join(", ", arrays);
    }

    private static boolean hasAny(ArrayNodes array, float[] values) {
        for (int i = array.offset(); i < array.offset() + array.count(); i++) {
            if (!Float.isNaN(values[i])) {
                return true;
            }
        }
        return false;
    }

    private static List<String> values(ArrayNodes array, float[] values) {
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < Math.min(array.count(), MOST_VALUES); i++) {
            float value = values[array.offset() + i];
            shown.add(Float.isNaN(value) ? "?" : String.valueOf(value));
        }
        if (array.count() > MOST_VALUES) {
            shown.add("... of " + array.count());
        }
        return shown;
    }
}
