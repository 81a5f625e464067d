package gsdm.tensor.cpu.scalar;

/**
 * Which nodes are observed. Nodes that follow each other mostly are together, or are not, so
 * kernels treat runs of them at once.
 *
 * @param flags [B, N]: not 0 where a node is observed
 */
record ObservedNodes(Floats flags) {
    boolean contains(long node) {
        return flags.get(node) != 0;
    }

    /**
     * How many nodes from {@code node} on are observed, or are not, as it is: 1 to {@code most}.
     */
    int alike(long node, int most) {
        boolean observed = contains(node);
        int count = 1;
        while (count < most && contains(node + count) == observed) {
            count++;
        }
        return count;
    }
}
