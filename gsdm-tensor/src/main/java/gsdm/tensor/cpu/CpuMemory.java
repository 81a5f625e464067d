package gsdm.tensor.cpu;

import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.backend.Memory;
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
 * Off-heap memory that kernels and callers work on alike: nothing moves, however it is asked for.
 */
final class CpuMemory implements Memory {
    private final Arena arena;
    private final Lifetime lifetime;
    private final Map<Block, Region> regions = new HashMap<>(); // those of the parents among them
    private long bytes;

    /** A segment, and the same for who only reads it. */
    private record View(MemorySegment all, MemorySegment readOnly) {
        View(MemorySegment segment) {
            this(segment, segment.asReadOnly());
        }
    }

    private record Region(View whole, Map<Slot, View> slots, Extents reserve) {}

    @SuppressWarnings("MustBeClosedChecker") // closed with this object
    CpuMemory(Extents reserve, List<Block> blocks, List<CpuMemory> parents) {
        lifetime =
                new Lifetime(
                        "the memory of " + blocks,
                        parents.stream().map(parent -> parent.lifetime).toArray(Lifetime[]::new));
        arena = Arena.ofShared();
        try {
            parents.forEach(parent -> regions.putAll(parent.regions));
            for (Block block : blocks) {
                regions.put(block, region(block, reserve));
            }
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    private Region region(Block block, Extents reserve) {
        MemoryPlan plan = MemoryPlan.sequential(block, reserve);
        long size = Math.max(plan.bytes(), MemoryPlan.ALIGNMENT);
        MemorySegment segment = arena.allocate(size, MemoryPlan.ALIGNMENT);
        bytes += size;
        Map<Slot, View> slots = new HashMap<>();
        for (Slot slot : block.slots()) {
            long length = slot.shape().size(reserve) * DataType.BYTES;
            slots.put(slot, new View(segment.asSlice(plan.place(slot).offset(), length)));
        }
        return new Region(new View(segment), slots, reserve);
    }

    /**
     * What a kernel works on.
     *
     * @throws IllegalArgumentException if a run at these sizes needs more than was allocated
     */
    MemorySegment segment(Slot slot, Extents sizes) {
        Region region = region(slot.block());
        long size = slot.shape().size(sizes);
        long most = slot.shape().size(region.reserve);
        if (size > most) {
            throw new IllegalArgumentException(
                    "memory was allocated for %d elements of %s; %d were asked for"
                            .formatted(most, slot, size));
        }
        return view(slot).all.asSlice(0, size * DataType.BYTES);
    }

    @Override
    public MemorySegment write(Slot slot) {
        return view(slot).all;
    }

    @Override
    public MemorySegment write(Block block) {
        return region(block).whole.all;
    }

    @Override
    public MemorySegment read(Slot slot) {
        return view(slot).readOnly;
    }

    @Override
    public MemorySegment read(Block block) {
        return region(block).whole.readOnly;
    }

    @Override
    public MemorySegment map(Slot slot) {
        return view(slot).all;
    }

    @Override
    public void copy(Block from, Block to) {
        try (Lifetime.Use _ = use()) {
            write(to).copyFrom(read(from));
        }
    }

    private View view(Slot slot) {
        View view = region(slot.block()).slots.get(slot);
        if (view == null) {
            throw new IllegalArgumentException(
                    slot + " was declared after the memory of its block was allocated");
        }
        return view;
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

    @Override
    public Lifetime.Use use() {
        return lifetime.use();
    }

    @Override
    public boolean isOpen() {
        return lifetime.isOpen();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        lifetime.close(arena::close);
    }
}
