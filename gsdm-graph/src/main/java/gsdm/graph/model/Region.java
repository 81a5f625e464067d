package gsdm.graph.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the elements of an array lie in a buffer: row-major over the kept indices of its axes.
 *
 * @param offset position of the first element
 * @param axes kept indices of each axis
 * @param strides distance in the buffer between neighbours along each axis
 * @param count number of elements
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Region(int offset, List<IndexSet> axes, int[] strides, int count) {

    static Region of(int offset, List<IndexSet> axes) {
        int[] strides = new int[axes.size()];
        int count = 1;
        for (int axis = axes.size() - 1; axis >= 0; axis--) {
            strides[axis] = count;
            count = Math.multiplyExact(count, axes.get(axis).size());
        }
        return new Region(offset, List.copyOf(axes), strides, count);
    }

    /** The indices in the whole array of an element, by its place among the kept ones. */
    List<Integer> indices(int place) {
        List<Integer> indices = new ArrayList<>();
        for (int axis = 0; axis < strides.length; axis++) {
            int[] kept = axes.get(axis).kept();
            indices.add(kept[place / strides[axis] % kept.length]);
        }
        return indices;
    }

    /** The place among the kept elements of the one at given indices in the whole array. */
    int place(List<Integer> indices) {
        int place = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            place += strides[axis] * axes.get(axis).ranks()[indices.get(axis)];
        }
        return place;
    }
}
