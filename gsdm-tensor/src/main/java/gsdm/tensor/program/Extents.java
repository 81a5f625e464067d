package gsdm.tensor.program;

import java.util.Arrays;

/**
 * The sizes of named dimensions, each at its dimension's {@linkplain Dim#index place} in a small
 * array: as <em>reserve</em>, the largest a program is planned for; as <em>extents</em>, the actual
 * sizes of one run, none above the reserve.
 */
public final class Extents {
    /** No named dimension at all. */
    public static final Extents NONE = new Extents(new int[0], new String[0]);

    private static final int ABSENT = -1;

    private final int[] sizes;
    private final String[] names; // of the dimensions, as far as they are known

    private Extents(int[] sizes, String[] names) {
        this.sizes = sizes;
        this.names = names;
    }

    /**
     * A view of an array, which is not copied: what runs programs keeps one and writes the sizes of
     * each run into it.
     *
     * @param sizes of each dimension at its place, 0 or more
     */
    public static Extents view(int... sizes) {
        return new Extents(sizes, new String[0]);
    }

    /** These sizes with one more, or another one, for {@code dim}. */
    public Extents with(Dim dim, int size) {
        if (dim.fixed() || size < 0) {
            throw new IllegalArgumentException(
                    "a named dimension has a size of 0 or more; found " + size + " for " + dim);
        }
        int at = dim.index();
        int places = Math.max(sizes.length, at + 1);
        int[] more = Arrays.copyOf(sizes, places);
        Arrays.fill(more, sizes.length, places, ABSENT);
        String[] known = Arrays.copyOf(names, places);
        if (known[at] != null && !known[at].equals(dim.name())) {
            throw new IllegalArgumentException(
                    "dimensions %s and %s have the same place, %d"
                            .formatted(known[at], dim.name(), at));
        }
        more[at] = size;
        known[at] = dim.name();
        return new Extents(more, known);
    }

    /** The size of {@code dim}, itself if it is fixed. */
    public int of(Dim dim) {
        if (dim.fixed()) {
            return dim.offset();
        }
        if (dim.index() >= sizes.length || sizes[dim.index()] == ABSENT) {
            throw new IllegalArgumentException(
                    "no size given for dimension " + dim.name() + "; known: " + this);
        }
        return sizes[dim.index()] + dim.offset();
    }

    /** A copy of the sizes, each at its dimension's place, as a run takes them. */
    public int[] toArray() {
        return sizes.clone();
    }

    /** Fails unless there is an actual size for every one of these, and at most that. */
    public void requireHolds(int... actual) {
        for (int at = 0; at < sizes.length; at++) {
            if (sizes[at] == ABSENT) {
                continue;
            }
            if (at >= actual.length || actual[at] < 0) {
                throw new IllegalArgumentException(
                        "no size given for dimension %s; found %s, planned for %s"
                                .formatted(name(at), Arrays.toString(actual), this));
            }
            if (actual[at] > sizes[at]) {
                throw new IllegalArgumentException(
                        "dimension %s is %d but was planned for at most %d"
                                .formatted(name(at), actual[at], sizes[at]));
            }
        }
    }

    private String name(int at) {
        return at < names.length && names[at] != null ? names[at] : Integer.toString(at);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int at = 0; at < sizes.length; at++) {
            if (sizes[at] != ABSENT) {
                text.append(text.length() > 1 ? ", " : "").append(name(at)).append('=');
                text.append(sizes[at]);
            }
        }
        return text.append(']').toString();
    }
}
