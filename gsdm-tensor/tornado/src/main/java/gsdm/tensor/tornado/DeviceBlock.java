package gsdm.tensor.tornado;

import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.Slot;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A block as callers see it, on the host, and the arrays that a device keeps a copy of: its floats,
 * its integers, or both over the same memory. Each {@link Plan} has copies of its own, so a block
 * knows where the newest numbers are: here, or with the plan that computed them last.
 */
final class DeviceBlock {
    private final Block block;
    private final Extents reserve;
    private final MemoryPlan plan;
    private final MemorySegment host;
    private final MemorySegment readOnly;
    private final Map<Slot, MemorySegment> slots = new HashMap<>();
    private final Map<Slot, MemorySegment> readOnlySlots = new HashMap<>();
    private final FloatArray floats;
    private final IntArray ints;
    private final List<Object> arrays;
    private Plan newest; // null: the host
    private long version = 1; // of what the host holds

    /**
     * Allocates the host's side.
     *
     * @param largestPiece the most bytes that the device allocates at a time
     * @throws IllegalArgumentException if the block is larger
     */
    DeviceBlock(Block block, Extents reserve, long largestPiece, Arena arena) {
        this.block = block;
        this.reserve = reserve;
        this.plan = MemoryPlan.sequential(block, reserve);
        if (plan.bytes() > largestPiece) {
            throw new IllegalArgumentException(
                    "%s takes %d bytes, of which the device allocates at most %d at a time"
                            .formatted(block, plan.bytes(), largestPiece));
        }
        long bytes = Math.max(plan.bytes(), MemoryPlan.ALIGNMENT);
        long header = TornadoNativeArray.ARRAY_HEADER;
        MemorySegment all = OwnPages.allocate(MemoryPlan.ALIGNMENT + bytes, arena);
        MemorySegment withHeader = all.asSlice(MemoryPlan.ALIGNMENT - header);
        host = all.asSlice(MemoryPlan.ALIGNMENT);
        readOnly = host.asReadOnly();
        for (Slot slot : block.slots()) {
            long length = slot.shape().size(reserve) * DataType.BYTES;
            MemorySegment segment = host.asSlice(plan.place(slot).offset(), length);
            slots.put(slot, segment);
            readOnlySlots.put(slot, segment.asReadOnly());
        }
        boolean anyInts = any(block, DataType.I32);
        boolean anyFloats = !anyInts || any(block, DataType.F32);
        floats = anyFloats ? FloatArray.fromSegmentShallow(withHeader) : null;
        ints = anyInts ? IntArray.fromSegmentShallow(withHeader) : null;
        arrays = anyFloats && anyInts ? List.of(floats, ints) : List.of(anyInts ? ints : floats);
    }

    private static boolean any(Block block, DataType type) {
        return block.slots().stream().anyMatch(slot -> slot.type() == type);
    }

    /** What a device's copies of a block take: two where it has integers and floats. */
    static long bytes(Block block, Extents reserve) {
        int copies = any(block, DataType.I32) && any(block, DataType.F32) ? 2 : 1;
        return copies * MemoryPlan.sequential(block, reserve).bytes();
    }

    Block block() {
        return block;
    }

    /** What a device has a copy of; integers after floats. */
    List<Object> arrays() {
        return arrays;
    }

    Lowering.Floats floats(Slot slot) {
        return new Lowering.Floats(floats, at(slot));
    }

    Lowering.Ints ints(Slot slot) {
        return new Lowering.Ints(ints, at(slot));
    }

    /** All floats of the block, padding included. */
    Lowering.Floats floats() {
        return new Lowering.Floats(floats, 0);
    }

    private int at(Slot slot) {
        segment(slot); // known
        return Math.toIntExact(plan.place(slot).offset() / DataType.BYTES);
    }

    long bytes() {
        return arrays.size() * plan.bytes();
    }

    /** What the caller sees of a slot. */
    MemorySegment segment(Slot slot) {
        return known(slots, slot);
    }

    MemorySegment readOnly(Slot slot) {
        return known(readOnlySlots, slot);
    }

    MemorySegment segment() {
        return host;
    }

    MemorySegment readOnly() {
        return readOnly;
    }

    private static MemorySegment known(Map<Slot, MemorySegment> segments, Slot slot) {
        MemorySegment segment = segments.get(slot);
        if (segment == null) {
            throw new IllegalArgumentException(
                    slot + " was declared after the memory of its block was allocated");
        }
        return segment;
    }

    /**
     * Fails if a run at these sizes needs more of a slot than was allocated.
     *
     * @throws IllegalArgumentException if so
     */
    void requireHolds(Slot slot, Extents sizes) {
        long size = slot.shape().size(sizes);
        long most = slot.shape().size(reserve);
        if (size > most) {
            throw new IllegalArgumentException(
                    "memory was allocated for %d elements of %s; %d were asked for"
                            .formatted(most, slot, size));
        }
    }

    /** Brings the newest numbers to the host. */
    void fetch() {
        if (newest != null) {
            version++;
            newest.fetch(this, version);
            newest = null;
        }
    }

    /** The caller is going to write one slot: the others are kept. */
    void writeOneOnHost() {
        if (block.slots().size() > 1) {
            fetch();
        }
        overwriteOnHost();
    }

    /** The caller is going to write all of it. */
    void overwriteOnHost() {
        newest = null;
        version++;
    }

    /** What the host holds is as old as this says; a plan that has it needs no other. */
    long version() {
        return version;
    }

    /** Where the newest numbers are, or null. */
    Plan newest() {
        return newest;
    }

    /** A plan computed what it has. */
    void computedBy(Plan by) {
        newest = by;
    }
}
