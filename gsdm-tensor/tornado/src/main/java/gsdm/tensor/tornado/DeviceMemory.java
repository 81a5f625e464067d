package gsdm.tensor.tornado;

import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Blocks on the host, with what the device knows of them. */
final class DeviceMemory implements Memory {
    private final Object device; // one run, or one transfer, at a time
    private final Arena arena;
    private final Lifetime lifetime;
    private final Map<Block, DeviceBlock> blocks = new LinkedHashMap<>(); // the parents' too
    private final Plan plan;
    private long bytes;

    @SuppressWarnings("MustBeClosedChecker") // closed with this object
    DeviceMemory(
            TornadoBackend backend, Extents reserve, List<Block> own, List<DeviceMemory> parents) {
        device = backend.device();
        lifetime =
                new Lifetime(
                        "the memory of " + own,
                        parents.stream().map(parent -> parent.lifetime).toArray(Lifetime[]::new));
        arena = Arena.ofShared();
        plan = new Plan(backend);
        try {
            parents.forEach(parent -> blocks.putAll(parent.blocks));
            for (Block block : own) {
                DeviceBlock made = new DeviceBlock(block, reserve, backend.largestPiece(), arena);
                blocks.put(block, made);
                bytes += made.bytes();
            }
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    /** The task graphs of the programs over this memory. */
    Plan plan() {
        return plan;
    }

    DeviceBlock block(Block block) {
        lifetime.requireOpen();
        DeviceBlock found = blocks.get(block);
        if (found == null) {
            throw new IllegalArgumentException(
                    "no memory was allocated for block " + block + "; known: " + blocks.keySet());
        }
        return found;
    }

    /** What the host has of a slot, at sizes that it was allocated for. */
    MemorySegment onHost(Slot slot, Extents reserve) {
        DeviceBlock block = block(slot.block());
        block.requireHolds(slot, reserve);
        return block.segment(slot);
    }

    @Override
    public MemorySegment write(Slot slot) {
        synchronized (device) {
            DeviceBlock block = block(slot.block());
            MemorySegment segment = block.segment(slot);
            block.writeOneOnHost();
            return segment;
        }
    }

    @Override
    public MemorySegment write(Block block) {
        synchronized (device) {
            DeviceBlock found = block(block);
            found.overwriteOnHost();
            return found.segment();
        }
    }

    @Override
    public MemorySegment read(Slot slot) {
        synchronized (device) {
            DeviceBlock block = block(slot.block());
            block.fetch();
            return block.readOnly(slot);
        }
    }

    @Override
    public MemorySegment read(Block block) {
        synchronized (device) {
            DeviceBlock found = block(block);
            found.fetch();
            return found.readOnly();
        }
    }

    @Override
    public MemorySegment map(Slot slot) {
        synchronized (device) {
            DeviceBlock block = block(slot.block());
            block.fetch();
            block.overwriteOnHost();
            return block.segment(slot);
        }
    }

    @Override
    public void copy(Block from, Block to) {
        try (Lifetime.Use _ = use()) {
            write(to).copyFrom(read(from));
        }
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
        lifetime.close(() -> {
            synchronized (device) {
                try (arena) {
                    plan.close();
                }
            }
        });
    }
}
