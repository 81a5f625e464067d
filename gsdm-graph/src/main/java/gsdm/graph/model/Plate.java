package gsdm.graph.model;

import java.util.List;

/**
 * A named index range that arrays are repeated over: rows, columns, data points, pixels. Made by
 * {@link ModelBuilder#plate} (exchangeable: permuting its indices leaves the model as it is) or
 * {@link ModelBuilder#ordered} (pixels, kernel taps, time).
 *
 * <p>The size given at definition is a default: {@link GraphicalModel#at} binds others later.
 */
public final class Plate implements Index {
    private final Object owner;
    private final int id;
    private final String name;
    private final int defaultSize;
    private final boolean ordered;

    Plate(Object owner, int id, String name, int defaultSize, boolean ordered) {
        this.owner = owner;
        this.id = id;
        this.name = name;
        this.defaultSize = defaultSize;
        this.ordered = ordered;
    }

    public String name() {
        return name;
    }

    public int defaultSize() {
        return defaultSize;
    }

    /** Whether positions along this plate differ in kind, so that embeddings tell them apart. */
    public boolean ordered() {
        return ordered;
    }

    @Override
    public Affine affine() {
        return new Affine(List.of(new Affine.Term(this, 1)), 0);
    }

    /** A second index that runs over the same positions on its own. */
    Plate twin() {
        return new Plate(owner, id, name + "'", defaultSize, ordered);
    }

    /** Position of this plate among its model's plates. */
    int id() {
        return id;
    }

    Object owner() {
        return owner;
    }

    @Override
    public String toString() {
        return name;
    }
}
