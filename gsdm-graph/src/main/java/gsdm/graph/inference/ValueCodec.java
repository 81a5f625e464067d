package gsdm.graph.inference;

import gsdm.nn.layout.ArrayLayout;
import gsdm.nn.layout.VariableLayout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Between a model's values, one for each node with categories as 0, 1, ..., and the network's,
 * where a discrete node has one for each option.
 */
final class ValueCodec {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final VariableLayout layout;
    private final ArrayLayout[] arrays;
    private final int nodes;
    private final int values;

    ValueCodec(VariableLayout layout) {
        this.layout = layout;
        arrays = layout.arrays().toArray(ArrayLayout[]::new);
        nodes = layout.nodes();
        values = layout.values();
    }

    /**
     * Writes one example as the network's values.
     *
     * @param from [N]
     * @param to [B, X]
     */
    void encode(float[] from, MemorySegment to, int example) {
        long first = (long) example * values;
        for (ArrayLayout array : arrays) {
            int node = array.nodeOffset();
            if (array.options() == 1) {
                MemorySegment.copy(
                        from, node, to, FLOAT, 4 * (first + array.valueOffset()), array.nodes());
                continue;
            }
            for (int n = 0; n < array.nodes(); n++) {
                long at = first + array.valueOffset() + (long) n * array.options();
                for (int option = 0; option < array.options(); option++) {
                    to.setAtIndex(FLOAT, at + option, from[node + n] == option ? 1 : 0);
                }
            }
        }
    }

    /** Makes one example, [B, X] and [B, N], one of which nothing is observed. */
    void hide(int example, MemorySegment to, MemorySegment observed) {
        slice(to, example, values).fill((byte) 0);
        slice(observed, example, nodes).fill((byte) 0);
    }

    private static MemorySegment slice(MemorySegment all, long example, long size) {
        return all.asSlice(FLOAT.byteSize() * example * size, FLOAT.byteSize() * size);
    }

    /**
     * Writes what is observed of an array into one example of which nothing was.
     *
     * @param from [cases, nodes of the array], NaN where unobserved
     * @param to [B, X]
     * @param observed [B, N] receives 1 where a node is observed
     */
    void show(
            String name,
            float[] from,
            int ofCase,
            int example,
            MemorySegment to,
            MemorySegment observed) {
        ArrayLayout array = layout.array(name);
        int options = array.options();
        long value = (long) example * values + array.valueOffset();
        long node = (long) example * nodes + array.nodeOffset();
        for (int n = 0; n < array.nodes(); n++) {
            float known = from[ofCase * array.nodes() + n];
            if (!Float.isNaN(known)) {
                observed.setAtIndex(FLOAT, node + n, 1);
                if (options == 1) {
                    to.setAtIndex(FLOAT, value + n, known);
                } else {
                    to.setAtIndex(FLOAT, value + (long) n * options + (int) known, 1);
                }
            }
        }
    }

    /**
     * Reads one example: a discrete node takes its most probable option.
     *
     * @param from [B, X]
     * @param to receives [N] from {@code offset} on
     */
    void decode(MemorySegment from, int example, float[] to, int offset) {
        long first = (long) example * values;
        for (ArrayLayout array : arrays) {
            int node = offset + array.nodeOffset();
            if (array.options() == 1) {
                MemorySegment.copy(
                        from, FLOAT, 4 * (first + array.valueOffset()), to, node, array.nodes());
                continue;
            }
            for (int n = 0; n < array.nodes(); n++) {
                long at = first + array.valueOffset() + (long) n * array.options();
                int best = 0;
                for (int option = 1; option < array.options(); option++) {
                    if (from.getAtIndex(FLOAT, at + option) > from.getAtIndex(FLOAT, at + best)) {
                        best = option;
                    }
                }
                to[node + n] = best;
            }
        }
    }

    /** N. */
    int nodes() {
        return nodes;
    }

    /** X. */
    int values() {
        return values;
    }
}
