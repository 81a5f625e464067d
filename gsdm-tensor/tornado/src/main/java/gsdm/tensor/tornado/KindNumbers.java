package gsdm.tensor.tornado;

import gsdm.tensor.program.Extents;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Slot;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * What kernels over the values of nodes know of their kinds, as numbers of a run: values of all
 * examples, of an example (at least 1, since they are divided by), nodes of an example, kinds, and
 * of each kind the first value, the first node and the options.
 */
final class KindNumbers {
    private static final int HEAD = 4;
    private static final int ENTRY = 3;

    private KindNumbers() {}

    /**
     * Has the numbers computed.
     *
     * @param values [B, X]
     * @return where they are
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static int of(List<NodeKind> kinds, Slot values, Lowering to) {
        List<ToIntFunction<Extents>> numbers = new ArrayList<>();
        numbers.add(Lowering.count(values));
        numbers.add(extents -> Math.max(1, values.shape().columns(extents)));
        numbers.add(extents -> firstNode(kinds, kinds.size(), extents));
        numbers.add(_ -> kinds.size());
        for (int i = 0; i < kinds.size(); i++) {
            int kind = i;
            numbers.add(extents -> firstValue(kinds, kind, extents));
            numbers.add(extents -> firstNode(kinds, kind, extents));
            numbers.add(_ -> kinds.get(kind).options());
        }
        return to.numbers(numbers.toArray(ToIntFunction[]::new));
    }

    private static int firstNode(List<NodeKind> kinds, int kind, Extents extents) {
        return kinds.stream().limit(kind).mapToInt(k -> extents.of(k.nodes())).sum();
    }

    private static int firstValue(List<NodeKind> kinds, int kind, Extents extents) {
        return kinds.stream().limit(kind).mapToInt(k -> extents.of(k.nodes()) * k.options()).sum();
    }

    /** Where the numbers of the kind of a value of an example are. */
    static int kindOf(IntArray sizes, int at, int value) {
        return find(sizes, at, 0, value);
    }

    /** The same of a node of an example. */
    static int kindOfNode(IntArray sizes, int at, int node) {
        return find(sizes, at, 1, node);
    }

    /** The last kind whose first one, which is so many numbers on, is not after that. */
    private static int find(IntArray sizes, int at, int offset, int one) {
        int kind = at + HEAD;
        int last = kind + ENTRY * (sizes.get(at + 3) - 1);
        while (kind < last && one >= sizes.get(kind + ENTRY + offset)) {
            kind += ENTRY;
        }
        return kind;
    }

    /** The values of an example. */
    static int values(IntArray sizes, int at) {
        return sizes.get(at + 1);
    }

    /** The number of a kind. */
    static int number(int at, int kind) {
        return (kind - at - HEAD) / ENTRY;
    }

    /** The options of a kind. */
    static int options(IntArray sizes, int kind) {
        return sizes.get(kind + 2);
    }

    /** The node of a value of that kind. */
    static int node(IntArray sizes, int kind, int value) {
        return sizes.get(kind + 1) + (value - sizes.get(kind)) / sizes.get(kind + 2);
    }

    /** The first value of a node of that kind. */
    static int valueOf(IntArray sizes, int kind, int node) {
        return sizes.get(kind) + (node - sizes.get(kind + 1)) * sizes.get(kind + 2);
    }

    /** Which option of its node a value of that kind is. */
    static int option(IntArray sizes, int kind, int value) {
        return (value - sizes.get(kind)) % sizes.get(kind + 2);
    }

    /** The array of a value: bounds [A + 1] ascend from 0. */
    static int arrayOf(IntArray bounds, int boundsAt, int arrays, int value) {
        int array = 0;
        while (array < arrays - 1 && value >= bounds.get(boundsAt + array + 1)) {
            array++;
        }
        return array;
    }
}
