package gsdm.tensor.program;

import java.util.Map;
import java.util.TreeMap;

/**
 * The sizes of named dimensions: as <em>reserve</em>, the largest a program is planned for; as
 * <em>extents</em>, the actual sizes of one run, none above the reserve.
 *
 * @param sizes the size of each dimension by name, 0 or more
 */
public record Extents(Map<String, Integer> sizes) {
    /** No named dimension at all. */
    public static final Extents NONE = new Extents(Map.of());

    public Extents {
        sizes.forEach((name, size) -> {
            if (size < 0) {
                throw new IllegalArgumentException(
                        "the size of dimension " + name + " must be 0 or more; found " + size);
            }
        });
        sizes = Map.copyOf(sizes);
    }

    /** These sizes with one more, or another one, for {@code dim}. */
    public Extents with(Dim dim, int size) {
        Map<String, Integer> copy = new TreeMap<>(sizes);
        copy.put(dim.name(), size);
        return new Extents(copy);
    }

    /** The size of {@code dim}, itself if it is fixed. */
    public int of(Dim dim) {
        if (dim.fixed()) {
            return dim.offset();
        }
        Integer size = sizes.get(dim.name());
        if (size == null) {
            throw new IllegalArgumentException(
                    "no size given for dimension " + dim.name() + "; known: " + sizes);
        }
        return size + dim.offset();
    }

    /** Fails unless there is a size for every dimension of {@code reserve}, and at most that. */
    public void requireWithin(Extents reserve) {
        for (Map.Entry<String, Integer> entry : reserve.sizes.entrySet()) {
            int size = of(Dim.named(entry.getKey()));
            if (size > entry.getValue()) {
                throw new IllegalArgumentException(
                        "dimension %s is %d but was planned for at most %d"
                                .formatted(entry.getKey(), size, entry.getValue()));
            }
        }
    }
}
