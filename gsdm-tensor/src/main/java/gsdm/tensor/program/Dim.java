package gsdm.tensor.program;

/**
 * One axis of a {@link Shape}: a size fixed when a program is written, or a name whose size is
 * given by {@link Extents} at every run (B batch, N nodes, E edges), plus a constant.
 *
 * @param name the name of a run-time size; empty for a fixed one
 * @param offset the size of a fixed axis; what is added to a run-time size (1 for the N + 1 row
 *     pointers of N nodes)
 */
public record Dim(String name, int offset) {
    public Dim {
        if (offset < 0 || (name.isEmpty() && offset == 0)) {
            throw new IllegalArgumentException(
                    "a dimension is named or has a positive size; found name '"
                            + name
                            + "' and "
                            + offset);
        }
    }

    /** An axis of a fixed, positive size. */
    public static Dim of(int size) {
        return new Dim("", size);
    }

    /** An axis whose size is given at every run. */
    public static Dim named(String name) {
        return new Dim(name, 0);
    }

    /** An axis that is longer than this one by {@code more}. */
    public Dim plus(int more) {
        return new Dim(name, offset + more);
    }

    /** Whether the size is known when the program is written. */
    public boolean fixed() {
        return name.isEmpty();
    }

    /** The size of a fixed axis. */
    public int size() {
        if (!fixed()) {
            throw new IllegalStateException("dimension " + this + " has no size before a run");
        }
        return offset;
    }

    @Override
    public String toString() {
        return fixed() ? Integer.toString(offset) : offset == 0 ? name : name + "+" + offset;
    }
}
