package gsdm.graph.model;

import java.util.Arrays;

/**
 * The indices of a plate that are kept, out of {@code 0, 1, ..., full - 1}.
 *
 * @param full size of the whole plate
 * @param kept ascending
 * @param ranks for each index of the whole plate its position in {@code kept}, -1 if dropped
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record IndexSet(int full, int[] kept, int[] ranks) {

    static IndexSet all(int size) {
        int[] identity = new int[size];
        Arrays.setAll(identity, index -> index);
        return new IndexSet(size, identity, identity);
    }

    /** The marked indices. */
    static IndexSet of(boolean[] wanted) {
        int[] ranks = new int[wanted.length];
        int[] kept = new int[wanted.length];
        int count = 0;
        for (int index = 0; index < wanted.length; index++) {
            ranks[index] = wanted[index] ? count : -1;
            if (wanted[index]) {
                kept[count++] = index;
            }
        }
        return new IndexSet(wanted.length, Arrays.copyOf(kept, count), ranks);
    }

    static IndexSet of(Plate plate, int full, int[] kept) {
        boolean[] wanted = new boolean[full];
        for (int index : kept) {
            if (index < 0 || index >= full) {
                throw new ModelException(
                        "plate '%s' has size %d, but index %d is to be kept"
                                .formatted(plate, full, index));
            }
            if (wanted[index]) {
                throw new ModelException(
                        "index %d of plate '%s' is to be kept twice".formatted(index, plate));
            }
            wanted[index] = true;
        }
        if (kept.length == 0) {
            throw new ModelException(
                    "plate '%s' would keep no index: keep at least one".formatted(plate));
        }
        return of(wanted);
    }

    int size() {
        return kept.length;
    }

    boolean whole() {
        return kept.length == full;
    }

    /** Whether these are all among others of the same plate. */
    boolean isWithin(IndexSet other) {
        return Arrays.stream(kept).allMatch(index -> other.ranks[index] >= 0);
    }
}
