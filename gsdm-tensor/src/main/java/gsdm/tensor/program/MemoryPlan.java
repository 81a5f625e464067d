package gsdm.tensor.program;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each slot of a block lies, in bytes from the block's start, at the largest sizes.
 *
 * <p>The slots of a lasting block follow each other. The temporaries of a program share memory: two
 * slots overlap only if the last reader of one runs before the writer of the other, and an op's
 * output takes over an operand that ends there where {@link Op#inPlace()} allows it and the op
 * reads it as that operand alone (x·weightᵀ + x must not overwrite the x it multiplies).
 *
 * @param offsets the start of each slot, a multiple of {@link #ALIGNMENT}
 * @param bytes the size of the whole block
 */
public record MemoryPlan(Map<Slot, Long> offsets, long bytes) {
    /** Bytes that each slot's start is a multiple of: a cache line. */
    public static final long ALIGNMENT = 64;

    /** One after the other: a block that outlives runs. */
    public static MemoryPlan sequential(Block block, Extents reserve) {
        Map<Slot, Long> offsets = new HashMap<>();
        long end = 0;
        for (Slot slot : block.slots()) {
            offsets.put(slot, end);
            end += bytesOf(slot, reserve);
        }
        return new MemoryPlan(offsets, end);
    }

    /**
     * The temporaries of a program, largest first, each at the lowest place free in its lifetime.
     */
    public static MemoryPlan scratch(Program program, Extents reserve) {
        List<Tenant> placed = new ArrayList<>();
        for (Tenant tenant : tenants(program, reserve)) {
            List<Tenant> rivals =
                    placed.stream()
                            .filter(tenant::overlapsInTime)
                            .sorted(Comparator.comparingLong(rival -> rival.offset))
                            .toList();
            long offset = 0;
            for (Tenant rival : rivals) {
                if (offset + tenant.bytes <= rival.offset) {
                    break;
                }
                offset = Math.max(offset, rival.offset + rival.bytes);
            }
            tenant.offset = offset;
            placed.add(tenant);
        }
        Map<Slot, Long> offsets = new HashMap<>();
        long bytes = 0;
        for (Tenant tenant : placed) {
            tenant.slots.forEach(slot -> offsets.put(slot, tenant.offset));
            bytes = Math.max(bytes, tenant.offset + tenant.bytes);
        }
        return new MemoryPlan(offsets, bytes);
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
        private long offset;

        Tenant(Slot slot, long bytes, int first, int last) {
            slots.add(slot);
            this.bytes = bytes;
            this.first = first;
            this.last = last;
        }

        boolean overlapsInTime(Tenant other) {
            return first <= other.last && other.first <= last;
        }
    }
}
