package gsdm.graph.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a network has to know of the nodes of a model: where each array lies, what values it takes,
 * and the indices of three kinds of embedding. The indices are those of the whole model, so a
 * restricted model shares its embeddings.
 *
 * <ul>
 *   <li>EE (exchangeable): nodes that a permutation of exchangeable plates can swap share a group;
 *   <li>AE (array): a group for each array, and the node's coordinates in it;
 *   <li>IE (independent): an index for each node.
 * </ul>
 */
public final class ModelLayout {
    private final GraphicalModel model;
    private final List<ArrayNodes> arrays = new ArrayList<>();
    private final int groupCount;
    private final int ownCount;
    private final int coordinates;

    ModelLayout(GraphicalModel model) {
        this.model = model;
        int group = 0;
        int own = 0;
        int longest = 0;
        for (Variable variable : model.nodeOrder()) {
            Region region = model.region(variable.array());
            int groups =
                    variable.distinct().stream()
                            .mapToInt(model::fullSize)
                            .reduce(1, Math::multiplyExact);
            arrays.add(
                    new ArrayNodes(
                            variable.name(),
                            variable.array().plates().stream().map(Plate::name).toList(),
                            region.axes().stream().map(IndexSet::size).toList(),
                            variable.kind(),
                            region.offset(),
                            region.count(),
                            group,
                            groups));
            group = Math.addExact(group, groups);
            own = Math.addExact(own, fullCount(variable));
            longest = Math.max(longest, region.axes().size());
        }
        this.groupCount = group;
        this.ownCount = own;
        this.coordinates = longest;
    }

    /** The arrays in the order of their nodes. */
    public List<ArrayNodes> arrays() {
        return Collections.unmodifiableList(arrays);
    }

    /** Number of nodes, N. */
    public int nodeCount() {
        return model.nodeCount();
    }

    /** Number of EE groups. */
    public int groupCount() {
        return groupCount;
    }

    /** Number of nodes of the whole model. */
    public int ownCount() {
        return ownCount;
    }

    /** Length of the longest coordinates, P. */
    public int coordinateCount() {
        return coordinates;
    }

    /** The EE group of each node, {@code [N]}. */
    public int[] groups() {
        int[] groups = new int[nodeCount()];
        int first = 0;
        for (Variable variable : model.nodeOrder()) {
            int[] strides = new int[variable.array().plates().size()];
            int stride = 1;
            for (Plate plate : variable.distinct().reversed()) {
                strides[variable.array().plates().indexOf(plate)] = stride;
                stride *= model.fullSize(plate);
            }
            fill(groups, variable, first, strides);
            first += stride;
        }
        return groups;
    }

    /** The array of each node, by its place in {@link #arrays}, {@code [N]}. */
    public int[] arrayIndices() {
        int[] indices = new int[nodeCount()];
        int array = 0;
        for (Variable variable : model.nodeOrder()) {
            fill(indices, variable, array++, new int[variable.array().plates().size()]);
        }
        return indices;
    }

    /** Each node's number in the whole model, {@code [N]}. */
    public int[] ownIndices() {
        return indices(true);
    }

    /** Each node's index in its array of the whole model, {@code [N]}. */
    public int[] places() {
        return indices(false);
    }

    private int[] indices(boolean acrossArrays) {
        int[] indices = new int[nodeCount()];
        int first = 0;
        for (Variable variable : model.nodeOrder()) {
            int[] shape = model.fullShape(variable);
            int[] strides = new int[shape.length];
            int stride = 1;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                strides[axis] = stride;
                stride *= shape[axis];
            }
            fill(indices, variable, first, strides);
            first += acrossArrays ? stride : 0;
        }
        return indices;
    }

    /**
     * Each node's indices in its array, padded with zeros, {@code [N, P]}.
     *
     * @see #coordinateCount
     * @throws ModelException if they are more than an array holds
     */
    public int[] coordinates() {
        long count = (long) nodeCount() * coordinates;
        if (count > GraphicalModel.LARGEST) {
            throw new ModelException(
                    "%d nodes have %d indices along %d axes, of which an array holds at most %d: lower a plate, or take another embedding than ae"
                            .formatted(nodeCount(), count, coordinates, GraphicalModel.LARGEST));
        }
        int[] all = new int[(int) count];
        int[] one = new int[nodeCount()];
        for (int axis = 0; axis < coordinates; axis++) {
            for (Variable variable : model.nodeOrder()) {
                int[] strides = new int[variable.array().plates().size()];
                if (axis < strides.length) {
                    strides[axis] = 1;
                }
                fill(one, variable, 0, strides);
            }
            for (int node = 0; node < one.length; node++) {
                all[node * coordinates + axis] = one[node];
            }
        }
        return all;
    }

    @Override
    public String toString() {
        return "ModelLayout[nodes=%d, arrays=%d, groups=%d]"
                .formatted(nodeCount(), arrays.size(), groupCount);
    }

    private int fullCount(Variable variable) {
        return variable.array().plates().stream()
                .mapToInt(model::fullSize)
                .reduce(1, (a, b) -> a * b);
    }

    /** Writes {@code first + sum of index * stride} to each node of an array. */
    private void fill(int[] to, Variable variable, int first, int[] strides) {
        Region region = model.region(variable.array());
        int[] sums = {first};
        for (int axis = 0; axis < strides.length; axis++) {
            int[] kept = region.axes().get(axis).kept();
            int[] next = new int[sums.length * kept.length];
            for (int i = 0; i < next.length; i++) {
                next[i] = sums[i / kept.length] + strides[axis] * kept[i % kept.length];
            }
            sums = next;
        }
        System.arraycopy(sums, 0, to, region.offset(), sums.length);
    }
}
