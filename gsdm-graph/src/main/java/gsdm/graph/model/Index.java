package gsdm.graph.model;

import java.util.List;

/** Where an expression reads along one axis of an array: an affine function of plates. */
public sealed interface Index permits Plate, Affine {

    /** This index as {@code constant + sum of factor * plate}. */
    Affine affine();

    default Affine times(int factor) {
        return affine().scaled(factor);
    }

    default Affine plus(Index other) {
        return affine().added(other.affine());
    }

    default Affine plus(int offset) {
        return affine().added(constant(offset));
    }

    default Affine minus(int offset) {
        return plus(Math.negateExact(offset));
    }

    /** The same position for every index of every plate. */
    static Affine constant(int position) {
        return new Affine(List.of(), position);
    }
}
