package gsdm.nn.layout;

import gsdm.tensor.program.Definitions.Code;

import java.util.Arrays;

/**
 * How the nodes of a layout are functions of others, as {@link gsdm.tensor.program.Definitions} has
 * it in memory: T instructions, R reads. The arrays are not copied, and not to be written.
 *
 * @param pointers [N + 1] where the instructions of each node start; ends with T
 * @param codes [T] what each instruction does
 * @param operands [T] the node or the instruction it takes
 * @param constants [T] the number of a constant
 * @param readPointers [N + 1] where the reads of each node start; ends with R
 * @param reads [R] the instructions that read each node
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record NodeDefinitions(
        int[] pointers,
        int[] codes,
        int[] operands,
        float[] constants,
        int[] readPointers,
        int[] reads) {
    public NodeDefinitions {
        boolean fit =
                pointers.length == readPointers.length
                        && pointers.length > 0
                        && pointers[pointers.length - 1] == codes.length
                        && readPointers[pointers.length - 1] == reads.length
                        && operands.length == codes.length
                        && constants.length == codes.length;
        if (!fit) {
            throw new IllegalArgumentException(
                    ("definitions are of [N + 1], [T], [T], [T], [N + 1] and [R] entries, with T"
                         + " and R at the ends of the pointers; found %d, %d, %d, %d, %d and %d")
                            .formatted(
                                    pointers.length,
                                    codes.length,
                                    operands.length,
                                    constants.length,
                                    readPointers.length,
                                    reads.length));
        }
    }

    /** The same with the reads of each node, which follow from the instructions. */
    public static NodeDefinitions of(
            int[] pointers, int[] codes, int[] operands, float[] constants) {
        int read = Code.READ.ordinal();
        int[] readPointers = new int[pointers.length];
        for (int t = 0; t < codes.length; t++) {
            if (codes[t] == read) {
                readPointers[operands[t] + 1]++;
            }
        }
        Arrays.parallelPrefix(readPointers, Integer::sum);
        int[] at = readPointers.clone();
        int[] reads = new int[readPointers[readPointers.length - 1]];
        for (int t = 0; t < codes.length; t++) {
            if (codes[t] == read) {
                reads[at[operands[t]]++] = t;
            }
        }
        return new NodeDefinitions(pointers, codes, operands, constants, readPointers, reads);
    }

    /**
     * Those of some nodes that read none but these.
     *
     * @param kept numbers of the nodes, ascending
     * @param ranks [N] the place of each node among them, below 0 of others
     */
    NodeDefinitions part(int[] kept, int[] ranks) {
        int[] starts = new int[kept.length + 1];
        for (int n = 0; n < kept.length; n++) {
            int length = pointers[kept[n] + 1] - pointers[kept[n]];
            starts[n + 1] = starts[n] + (readsOnly(kept[n], ranks) ? length : 0);
        }
        int[] ownCodes = new int[starts[kept.length]];
        int[] ownOperands = new int[ownCodes.length];
        float[] ownConstants = new float[ownCodes.length];
        for (int n = 0; n < kept.length; n++) {
            int from = pointers[kept[n]];
            int length = starts[n + 1] - starts[n];
            System.arraycopy(codes, from, ownCodes, starts[n], length);
            System.arraycopy(constants, from, ownConstants, starts[n], length);
            for (int t = 0; t < length; t++) {
                int operand = operands[from + t];
                ownOperands[starts[n] + t] = isRead(from + t) ? ranks[operand] : operand;
            }
        }
        return of(starts, ownCodes, ownOperands, ownConstants);
    }

    private boolean readsOnly(int node, int[] ranks) {
        for (int t = pointers[node]; t < pointers[node + 1]; t++) {
            if (isRead(t) && ranks[operands[t]] < 0) {
                return false;
            }
        }
        return true;
    }

    private boolean isRead(int instruction) {
        return codes[instruction] == Code.READ.ordinal();
    }

    /** No node is a function of others. */
    static NodeDefinitions none(int nodes) {
        int[] pointers = new int[nodes + 1];
        int[] nothing = new int[0];
        return new NodeDefinitions(pointers, nothing, nothing, new float[0], pointers, nothing);
    }

    /** N. */
    public int nodes() {
        return pointers.length - 1;
    }

    /** T. */
    public int instructions() {
        return codes.length;
    }

    @Override
    public String toString() {
        return "NodeDefinitions[nodes=%d, instructions=%d, reads=%d]"
                .formatted(nodes(), instructions(), reads.length);
    }
}
