package gsdm.graph.model;

import java.util.ArrayList;
import java.util.List;

/** A named array of nodes, one for each index of its plates; made by {@link ModelBuilder}. */
public final class Array {
    private final Object owner;
    private final int id;
    private final String name;
    private final List<Plate> plates;

    Array(Object owner, int id, String name, List<Plate> plates) {
        this.owner = owner;
        this.id = id;
        this.name = name;
        this.plates = List.copyOf(plates);
    }

    public String name() {
        return name;
    }

    /** The axes, outermost first. */
    public List<Plate> plates() {
        return plates;
    }

    /**
     * Reads one element for each index of the plates that {@code indices} mention.
     *
     * <p>An axis can be read at another plate of the same size, a second run through it; at one of
     * another size only if both are ordered, as in {@code x.at(s.plus(1)).minus(x.at(s))}.
     *
     * @param indices one for each axis; each must stay inside its axis' plate
     */
    public Expr at(Index... indices) {
        if (indices.length != plates.size()) {
            throw new ModelException(
                    "'%s' has %d axes %s, but is read at %d indices: give one index for each axis"
                            .formatted(name, plates.size(), plates, indices.length));
        }
        List<Affine> affine = new ArrayList<>();
        for (Index index : indices) {
            affine.add(index.affine());
        }
        return new Expr.Read(this, affine);
    }

    /** Reads the element at the array's own plates. */
    public Expr here() {
        return at(plates.toArray(new Index[0]));
    }

    /** Position of this array among its model's arrays: the label of its random numbers. */
    int id() {
        return id;
    }

    Object owner() {
        return owner;
    }

    @Override
    public String toString() {
        return name + plates;
    }
}
