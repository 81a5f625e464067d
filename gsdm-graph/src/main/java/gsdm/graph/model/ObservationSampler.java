package gsdm.graph.model;

import gsdm.tensor.random.RandomStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Draws which nodes of a model are observed. Allocates nothing after it is made; stateless. */
public final class ObservationSampler {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final long CHOICE = 0;
    private static final long ARRAYS = 1;
    private static final long ELEMENTS = 2;

    private final int nodeCount;
    private final Conditioning.Term[][] terms; // [alternatives][arrays in node order]
    private final int[] labels; // [arrays in node order], of random numbers
    private final int[] offsets; // [arrays in node order, and one past the last]
    private final int[] own; // [N], number in the whole model

    ObservationSampler(Conditioning conditioning, GraphicalModel model) {
        List<Variable> order = model.nodeOrder();
        nodeCount = model.nodeCount();
        own = model.layout().ownIndices();
        labels = order.stream().mapToInt(variable -> variable.array().id()).toArray();
        offsets = new int[order.size() + 1];
        for (int array = 0; array < order.size(); array++) {
            offsets[array + 1] = offsets[array] + model.count(order.get(array).name());
        }
        terms =
                conditioning.alternatives().stream()
                        .map(alternative ->
                                order.stream()
                                        .map(variable -> alternative.of(variable.name()))
                                        .toArray(Conditioning.Term[]::new))
                        .toArray(Conditioning.Term[][]::new);
    }

    /**
     * Draws for one example.
     *
     * @param key of this example; whether a node is observed is a function of the key and of its
     *     index in the whole model
     * @param observed receives a float for each node, 1 where it is observed and 0 elsewhere, in
     *     node order
     * @param first where in {@code observed}, in floats, the first node goes
     */
    public void draw(long key, MemorySegment observed, long first) {
        long room = observed.byteSize() / Float.BYTES;
        if (first < 0 || room - first < nodeCount) {
            throw new IllegalArgumentException(
                    "expected room for %d nodes from %d on, found %d"
                            .formatted(nodeCount, first, room));
        }
        Conditioning.Term[] chosen =
                terms[RandomStream.below(RandomStream.fork(key, CHOICE), 0, terms.length)];
        long arrays = RandomStream.fork(key, ARRAYS);
        long elements = RandomStream.fork(key, ELEMENTS);
        for (int array = 0; array < labels.length; array++) {
            Conditioning.Term term = chosen[array];
            float p = (float) term.probability();
            boolean whole = RandomStream.uniform(arrays, labels[array]) < p;
            for (int node = offsets[array]; node < offsets[array + 1]; node++) {
                boolean seen =
                        term.byElement() ? RandomStream.uniform(elements, own[node]) < p : whole;
                observed.setAtIndex(FLOAT, first + node, seen ? 1 : 0);
            }
        }
    }
}
