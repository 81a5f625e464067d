package gsdm.tensor.program;

/**
 * One axis of a {@link Shape}: a size fixed when a program is written, or a name whose size is
 * given by {@link Extents} at every run (B batch, N nodes, E edges), plus a constant.
 *
 * @param name the name of a run-time size; empty for a fixed one
 * @param index the place of a run-time size among those of a run, 0 or more; {@link #FIXED} without
 *     one
 * @param offset the size of a fixed axis; what is added to a run-time size (1 for the N + 1 row
 *     pointers of N nodes)
 */
public record Dim(String name, int index, int offset) {
    /** The place of a size that is not given at a run. */
    public static final int FIXED = -1;

    public Dim {
        boolean fixed = name.isEmpty();
        if (fixed ? index != FIXED || offset <= 0 : index < 0 || offset < 0) {
            throw new IllegalArgumentException(
                    ("a dimension has a positive size, or a name and a place;"
                                    + " found name '%s', place %d and size %d")
                            .formatted(name, index, offset));
        }
    }

    /** An axis of a fixed, positive size. */
    public static Dim of(int size) {
        return new Dim("", FIXED, size);
    }

    /** An axis whose size is given at every run, at that place among the sizes. */
    public static Dim named(String name, int index) {
        return new Dim(name, index, 0);
    }

    /** An axis that is longer than this one by {@code more}. */
    public Dim plus(int more) {
        return new Dim(name, index, offset + more);
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
