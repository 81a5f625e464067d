package gsdm.graph.model;

import java.util.List;

/**
 * One array's place among the nodes.
 *
 * @param plates names of the axes, outermost first
 * @param shape number of kept indices along each axis
 * @param offset first node
 * @param count number of nodes
 * @param firstGroup its first EE group
 * @param groups number of its EE groups
 */
public record ArrayNodes(
        String name,
        List<String> plates,
        List<Integer> shape,
        ValueKind kind,
        int offset,
        int count,
        int firstGroup,
        int groups) {
    public ArrayNodes {
        plates = List.copyOf(plates);
        shape = List.copyOf(shape);
    }
}
