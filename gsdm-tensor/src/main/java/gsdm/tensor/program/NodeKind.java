package gsdm.tensor.program;

/**
 * A run of nodes with as many values each. Kinds follow each other in node order and in value
 * order.
 *
 * @param nodes how many nodes there are of this kind
 * @param options values of a node: 1 for a continuous one
 */
public record NodeKind(Dim nodes, int options) {}
