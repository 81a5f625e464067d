package gsdm.graph.model;

/**
 * Two reads of one definition whose elements must see each other, for each index of the plates of
 * either. An expression is no node: in {@code X[i, k] * w[k]} summed over {@code k}, nothing but a
 * tie says which weight belongs to which column, since nodes of one embedding and with the same
 * neighbours are one and the same to a network.
 *
 * @param reader the array that is defined
 */
public record Tie(Array reader, Expr.Read one, Expr.Read other) {
    @Override
    public String toString() {
        return "%s with %s in %s".formatted(one, other, reader.name());
    }
}
