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

    /** The definition: {@code A[i, k] ~ normal(0.0, 1.0)} or {@code y[t] = tanh(x[t - 1])}. */
    @Override
    public String toString() {
        String options =
                switch (kind) {
                    case ValueKind.Continuous _ -> "";
                    case ValueKind.Discrete discrete ->
                            ", one of " + discrete.options() + " categories";
                };
        String embedded = distinct.isEmpty() ? "" : ", embedded by " + distinct;
        return array + " " + origin + options + embedded;
    }
}
