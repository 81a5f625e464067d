package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each slot of a block lies, at the largest sizes. A block is one piece of memory, or several
 * where a device allocates only so much at a time; no slot is in two.
 *
 * <p>The slots of a lasting block follow each other. The temporaries of a program share memory: two
 * slots overlap only if the last reader of one runs before the writer of the other, and an op's
 * output takes over an operand that ends there where {@link Op#inPlace()} allows it and the op
 * reads it as that operand alone (x·weightᵀ + x must not overwrite the x it multiplies).
 *
 * @param places of the slots
 * @param pieces the bytes of each piece
 */
public record MemoryPlan(Map<Slot, Place> places, List<Long> pieces) {
    /** Bytes that each slot's start is a multiple of: a cache line. */
    public static final long ALIGNMENT = 64;

    /** Of a device that allocates any number of bytes at a time. */
    public static final long ANY_PIECE = Long.MAX_VALUE;

    /**
     * Where a slot starts.
     *
     * @param piece its number, from 0
     * @param offset bytes from the start of the piece, a multiple of {@link #ALIGNMENT}
     */
    public record Place(int piece, long offset) {}

    public MemoryPlan {
        places = Map.copyOf(places);
        pieces = List.copyOf(pieces);
    }

    /** One after the other: a block that outlives runs. */
    public static MemoryPlan sequential(Block block, Extents reserve) {
        Map<Slot, Place> places = new HashMap<>();
        long end = 0;
        for (Slot slot : block.slots()) {
            places.put(slot, new Place(0, end));
            end += bytesOf(slot, reserve);
        }
        return new MemoryPlan(places, List.of(end));
    }

    /**
     * The temporaries of a program, largest first, each at the lowest place free in its lifetime,
     * in the first piece that has one.
     *
     * @param largestPiece the most bytes of a piece
     * @throws IllegalArgumentException if a temporary is larger than that
     */
    public static MemoryPlan scratch(Program program, Extents reserve, long largestPiece) {
        List<Tenant> placed = new ArrayList<>();
        for (Tenant tenant : tenants(program, reserve)) {
            if (tenant.bytes > largestPiece) {
                throw new IllegalArgumentException(
                        "%s takes %d bytes, of which the device allocates at most %d at a time"
                                .formatted(tenant.slots.getFirst(), tenant.bytes, largestPiece));
            }
            List<Tenant> rivals = placed.stream().filter(tenant::overlapsInTime).toList();
            int piece = 0;
            long offset = tenant.lowestOffset(rivals, piece);
            while (offset > largestPiece - tenant.bytes) {
                piece++;
                offset = tenant.lowestOffset(rivals, piece);
            }
            tenant.place = new Place(piece, offset);
            placed.add(tenant);
        }
        Map<Slot, Place> places = new HashMap<>();
        List<Long> pieces = new ArrayList<>();
        for (Tenant tenant : placed) {
            tenant.slots.forEach(slot -> places.put(slot, tenant.place));
            int piece = tenant.place.piece;
            while (pieces.size() <= piece) {
                pieces.add(0L);
            }
            pieces.set(piece, Math.max(pieces.get(piece), tenant.end()));
        }
        return new MemoryPlan(places, pieces);
    }

    /** The place of a slot. */
    public Place place(Slot slot) {
        Place place = places.get(slot);
        if (place == null) {
            throw new IllegalArgumentException("no op of the program writes " + slot);
        }
        return place;
    }

    /** The bytes of all pieces. */
    public long bytes() {
        return pieces.stream().mapToLong(Long::longValue).sum();
    }

    private static List<Tenant> tenants(Program program, Extents reserve) {
        Map<Slot, Integer> lastUse = new HashMap<>();
        List<Op> ops = program.ops();
        for (int i = 0; i < ops.size(); i++) {
            for (Slot slot : ops.get(i).inputs()) {
                lastUse.put(slot, i);
            }
        }
        Map<Slot, Tenant> tenantOf = new HashMap<>();
        List<Tenant> tenants = new ArrayList<>();
        for (int i = 0; i < ops.size(); i++) {
            Op op = ops.get(i);
            List<Slot> outputs = op.outputs();
            for (int o = 0; o < outputs.size(); o++) {
                Slot slot = outputs.get(o);
                if (slot.block() != program.scratch()) {
                    continue;
                }
                int last = Math.max(lastUse.getOrDefault(slot, i), i);
                Tenant host = o == 0 ? tenantOf.get(op.inPlace()) : null;
                if (host != null
                        && host.last == i
                        && host.bytes == bytesOf(slot, reserve)
                        && Collections.frequency(op.inputs(), op.inPlace()) == 1) {
                    host.slots.add(slot);
                    host.last = last;
                    tenantOf.put(slot, host);
                } else {
                    Tenant tenant = new Tenant(slot, bytesOf(slot, reserve), i, last);
                    tenants.add(tenant);
                    tenantOf.put(slot, tenant);
                }
            }
        }
        tenants.sort(
                Comparator.comparingLong((Tenant tenant) -> -tenant.bytes)
                        .thenComparingInt(tenant -> tenant.first));
        return tenants;
    }

    private static long bytesOf(Slot slot, Extents reserve) {
        long bytes = Math.multiplyExact(slot.shape().size(reserve), (long) DataType.BYTES);
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    /** Slots that take the same memory one after the other. */
    private static final class Tenant {
        private final List<Slot> slots = new ArrayList<>();
        private final long bytes;
        private final int first;
        private int last;
        private Place place = new Place(0, 0);

        Tenant(Slot slot, long bytes, int first, int last) {
            slots.add(slot);
            this.bytes = bytes;
            this.first = first;
            this.last = last;
        }

        boolean overlapsInTime(Tenant other) {
            return first <= other.last && other.first <= last;
        }

        long end() {
            return place.offset + bytes;
        }

        /** The lowest place in a piece that none of these takes. */
        long lowestOffset(List<Tenant> rivals, int piece) {
            long offset = 0;
            for (Tenant rival : inOrder(rivals, piece)) {
                if (offset + bytes <= rival.place.offset) {
                    break;
                }
                offset = Math.max(offset, rival.end());
            }
            return offset;
        }

        private static List<Tenant> inOrder(List<Tenant> tenants, int piece) {
            return tenants.stream()
                    .filter(tenant -> tenant.place.piece == piece)
                    .sorted(Comparator.comparingLong(tenant -> tenant.place.offset))
                    .toList();
        }
    }
}
