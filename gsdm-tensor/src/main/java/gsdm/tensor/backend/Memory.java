package gsdm.tensor.backend;

import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MemoryPlan;
import gsdm.tensor.program.Slot;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Off-heap memory of blocks that outlive a run, zero at first. Whoever allocates it closes it,
 * after every executable compiled over it.
 */
public final class Memory implements AutoCloseable {
    private final Arena arena;
    private final Map<Block, Region> regions;

    private record Region(MemorySegment segment, MemoryPlan plan) {}

    private Memory(Arena arena, Map<Block, Region> regions) {
        this.arena = arena;
        this.regions = regions;
    }

    /** Memory for these blocks at the largest sizes of a run. */
    @SuppressWarnings("MustBeClosedChecker") // the object returned owns the arena
    public static Memory allocate(Extents reserve, List<Block> blocks) {
        Arena arena = Arena.ofShared();
        try {
            Map<Block, Region> regions = new HashMap<>();
            for (Block block : blocks) {
                MemoryPlan plan = MemoryPlan.sequential(block, reserve);
                long bytes = Math.max(plan.bytes(), MemoryPlan.ALIGNMENT);
                regions.put(block, new Region(arena.allocate(bytes, MemoryPlan.ALIGNMENT), plan));
            }
            return new Memory(arena, regions);
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    /**
     * The same memory where a program that names {@code block} finds what {@code stand} holds: the
     * averaged parameters in place of the trained ones. Closing either closes both.
     *
     * @param stand a block of the same layout
     */
    public Memory with(Block block, Block stand) {
        Region region = region(stand);
        Map<Slot, Long> offsets = new HashMap<>();
        for (Slot slot : block.slots()) {
            Slot twin = stand.twin(slot);
            if (!twin.shape().equals(slot.shape())) {
                throw new IllegalArgumentException(
                        "blocks " + block + " and " + stand + " differ at " + slot);
            }
            offsets.put(slot, region.plan.offsets().get(twin));
        }
        Map<Block, Region> changed = new HashMap<>(regions);
        changed.put(
                block, new Region(region.segment, new MemoryPlan(offsets, region.plan.bytes())));
        return new Memory(arena, changed);
    }

    /**
     * Memory for more blocks beside these, which it shares: several samplers over the same
     * parameters. Closing it frees the new blocks only; close it before this memory.
     *
     * @param reserve the largest sizes of a run, for the new blocks
     */
    public Memory extend(Extents reserve, List<Block> blocks) {
        Memory more = allocate(reserve, blocks);
        Map<Block, Region> both = new HashMap<>(regions);
        both.putAll(more.regions);
        return new Memory(more.arena, both);
    }

    /** All of a block, padding between slots included. */
    public MemorySegment segment(Block block) {
        return region(block).segment;
    }

    /** A slot at its largest size; at a run's sizes the tensor is the first part of it. */
    public MemorySegment segment(Slot slot, Extents sizes) {
        Region region = region(slot.block());
        return region.segment.asSlice(
                region.plan.offsets().get(slot), slot.shape().size(sizes) * DataType.BYTES);
    }

    /** A slot of fixed shape. */
    public MemorySegment segment(Slot slot) {
        return segment(slot, Extents.NONE);
    }

    /** Bytes of all blocks. */
    public long bytes() {
        return regions.values().stream()
                .map(Region::segment)
                .distinct()
                .mapToLong(MemorySegment::byteSize)
                .sum();
    }

    /** Whether this has not been closed. */
    public boolean isOpen() {
        return arena.scope().isAlive();
    }

    private Region region(Block block) {
        Region region = regions.get(block);
        if (region == null) {
            throw new IllegalArgumentException(
                    "no memory was allocated for block " + block + "; known: " + regions.keySet());
        }
        return region;
    }

    @Override
    public void close() {
        arena.close();
    }
}
