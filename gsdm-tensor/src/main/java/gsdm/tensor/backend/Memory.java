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
 * after every executable compiled over it: those do not run any more then.
 */
public final class Memory implements AutoCloseable {
    private final Arena arena;
    private final Lifetime lifetime;
    private final Map<Block, Region> regions;

    private record Region(MemorySegment segment, MemoryPlan plan, Extents reserve) {}

    private Memory(Arena arena, Lifetime lifetime, Map<Block, Region> regions) {
        this.arena = arena;
        this.lifetime = lifetime;
        this.regions = regions;
    }

    /** Memory for these blocks at the largest sizes of a run. */
    public static Memory allocate(Extents reserve, List<Block> blocks) {
        return allocate(reserve, blocks, new Lifetime(nameOf(blocks)), Map.of());
    }

    /**
     * Memory for more blocks beside these, which it shares: several samplers over the same
     * parameters. Closing it frees the new blocks only; where this memory is closed, it is too.
     *
     * @param reserve the largest sizes of a run, for the new blocks
     */
    public Memory extend(Extents reserve, List<Block> blocks) {
        try (Lifetime.Use _ = use()) {
            return allocate(reserve, blocks, lifetime.extend(nameOf(blocks)), regions);
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // the object returned owns the arena
    private static Memory allocate(
            Extents reserve, List<Block> blocks, Lifetime lifetime, Map<Block, Region> shared) {
        Arena arena = Arena.ofShared();
        try {
            Map<Block, Region> regions = new HashMap<>(shared);
            for (Block block : blocks) {
                MemoryPlan plan = MemoryPlan.sequential(block, reserve);
                long bytes = Math.max(plan.bytes(), MemoryPlan.ALIGNMENT);
                MemorySegment segment = arena.allocate(bytes, MemoryPlan.ALIGNMENT);
                regions.put(block, new Region(segment, plan, reserve));
            }
            return new Memory(arena, lifetime, regions);
        } catch (RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    private static String nameOf(List<Block> blocks) {
        return "the memory of " + blocks;
    }

    /**
     * Keeps this open while something works on it; see {@link Lifetime#use}.
     *
     * @throws IllegalStateException if this is closed
     */
    public Lifetime.Use use() {
        return lifetime.use();
    }

    /** All of a block, padding between slots included. */
    public MemorySegment segment(Block block) {
        return region(block).segment;
    }

    /**
     * A slot at its largest size; at a run's sizes the tensor is the first part of it.
     *
     * @throws IllegalArgumentException if that is more than was allocated for it
     */
    public MemorySegment segment(Slot slot, Extents sizes) {
        Region region = region(slot.block());
        long size = slot.shape().size(sizes);
        long most = slot.shape().size(region.reserve);
        if (size > most) {
            throw new IllegalArgumentException(
                    "memory was allocated for %d elements of %s; %d were asked for"
                            .formatted(most, slot, size));
        }
        return region.segment.asSlice(region.plan.offsets().get(slot), size * DataType.BYTES);
    }

    /** A slot of fixed shape. */
    public MemorySegment segment(Slot slot) {
        return segment(slot, Extents.NONE);
    }

    /** Bytes of all blocks. */
    public long bytes() {
        return regions.values().stream()
                .map(Region::segment)
                .mapToLong(MemorySegment::byteSize)
                .sum();
    }

    /** Whether neither this nor the memory it extends has been closed. */
    public boolean isOpen() {
        return lifetime.isOpen();
    }

    private Region region(Block block) {
        lifetime.requireOpen();
        Region region = regions.get(block);
        if (region == null) {
            throw new IllegalArgumentException(
                    "no memory was allocated for block " + block + "; known: " + regions.keySet());
        }
        return region;
    }

    /**
     * Frees it, once the runs in progress over it have ended.
     *
     * @throws IllegalStateException if this thread is working on it
     */
    @Override
    public void close() {
        lifetime.close(arena::close);
    }
}
