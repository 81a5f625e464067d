package gsdm.graph.model;

import java.util.List;

/**
 * An array of a model and all that was said of it.
 *
 * @param distinct the plates along which its nodes have EE embeddings of their own; along the
 *     others they share one
 */
public record Variable(Array array, ValueKind kind, Origin origin, List<Plate> distinct) {
    public Variable {
        distinct = List.copyOf(distinct);
    }

    public String name() {
        return array.name();
    }

    Variable withOrigin(Origin other) {
        return new Variable(array, kind, other, distinct);
    }

    Variable withDistinct(List<Plate> other) {
        return new Variable(array, kind, origin, other);
    }
}
