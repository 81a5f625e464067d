package gsdm.nn.layout;

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
