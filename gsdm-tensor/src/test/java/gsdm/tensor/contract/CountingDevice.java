package gsdm.tensor.contract;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.ForwardingExecutable;
import gsdm.tensor.backend.Lifetime;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * A device whose memory is not the caller's, and which counts what moves between the two. What a
 * caller sees is a copy of each slot; what was written there goes to the device before the next run
 * that names the slot, and what a run wrote comes back when it is asked for. It computes with the
 * scalar kernels, in memory of theirs.
 */
public final class CountingDevice implements Backend {
    /** Which way bytes move. */
    public enum Way {
        TO_DEVICE,
        FROM_DEVICE
    }

    private final Backend scalar;
    private final Map<Way, Map<Block.Role, Long>> moved = new EnumMap<>(Way.class);

    /** A device that shares an op among so many threads. */
    public CountingDevice(int threads) {
        scalar = Backends.open("scalar", threads);
        forget();
    }

    /** Counts from zero again. */
    public synchronized void forget() {
        for (Way way : Way.values()) {
            moved.put(way, new EnumMap<>(Block.Role.class));
        }
    }

    /** Bytes that moved since they were forgotten, in blocks of each role that any moved of. */
    public synchronized Map<Block.Role, Long> moved(Way way) {
        return new EnumMap<>(moved.get(way));
    }

    private void count(Way way, Slot slot, long bytes) {
        moved.get(way).merge(slot.block().role(), bytes, Long::sum);
    }

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public String description() {
        return "counting (%s)".formatted(scalar.description());
    }

    @Override
    public int threads() {
        return scalar.threads();
    }

    @Override
    public long estimate(Program program, Extents reserve) {
        return scalar.estimate(program, reserve);
    }

    @Override
    public long largestPiece() {
        return scalar.largestPiece();
    }

    @Override
    public Memory allocate(Extents reserve, List<Block> blocks, Memory... parents) {
        return new Copied(reserve, blocks, Arrays.stream(parents).map(Copied.class::cast).toList());
    }

    @Override
    public Executable compile(Program program, Memory memory, Extents reserve) {
        Copied copied = (Copied) memory;
        return new Counted(program, copied, scalar.compile(program, copied.device, reserve));
    }

    @Override
    public void share(int count, IntConsumer work) {
        scalar.share(count, work);
    }

    @Override
    public void close() {
        scalar.close();
    }

    /** A slot on both sides, and which of them is out of date. */
    private final class Copy {
        private final Slot slot;
        private final MemorySegment here;
        private final MemorySegment there;
        private boolean written; // here, and not there yet
        private boolean computed; // there, and not here yet
        private long bytes; // of what was computed

        Copy(Slot slot, Memory host, Memory device) {
            this.slot = slot;
            this.here = host.map(slot);
            this.there = device.map(slot);
        }

        void write() {
            written = true;
            computed = false;
        }

        void send(long size) {
            if (written) {
                MemorySegment.copy(here, 0, there, 0, size);
                count(Way.TO_DEVICE, slot, size);
                written = false;
            }
        }

        void compute(long size) {
            computed = true;
            bytes = size;
        }

        void fetch() {
            if (computed) {
                MemorySegment.copy(there, 0, here, 0, bytes);
                count(Way.FROM_DEVICE, slot, bytes);
                computed = false;
            }
        }
    }

    /** What callers see, and what the device works on. */
    private final class Copied implements Memory {
        private final Memory host;
        private final Memory device;
        private final Map<Slot, Copy> copies = new LinkedHashMap<>(); // also those of the parents

        Copied(Extents reserve, List<Block> blocks, List<Copied> parents) {
            host = scalar.allocate(reserve, blocks, each(parents, parent -> parent.host));
            device = scalar.allocate(reserve, blocks, each(parents, parent -> parent.device));
            parents.forEach(parent -> copies.putAll(parent.copies));
            for (Block block : blocks) {
                block.slots().forEach(slot -> copies.put(slot, new Copy(slot, host, device)));
            }
        }

        @Override
        public MemorySegment write(Slot slot) {
            synchronized (CountingDevice.this) {
                MemorySegment segment = host.write(slot);
                copies.get(slot).write();
                return segment;
            }
        }

        @Override
        public MemorySegment write(Block block) {
            block.slots().forEach(this::write);
            return host.write(block);
        }

        @Override
        public MemorySegment read(Slot slot) {
            synchronized (CountingDevice.this) {
                MemorySegment segment = host.read(slot);
                copies.get(slot).fetch();
                return segment;
            }
        }

        @Override
        public MemorySegment read(Block block) {
            block.slots().forEach(this::read);
            return host.read(block);
        }

        @Override
        public MemorySegment map(Slot slot) {
            read(slot);
            return write(slot);
        }

        @Override
        public void copy(Block from, Block to) {
            synchronized (CountingDevice.this) {
                for (Slot slot : from.slots()) {
                    copies.get(slot).send(copies.get(slot).here.byteSize());
                }
                device.copy(from, to);
                for (Slot slot : to.slots()) {
                    copies.get(slot).written = false;
                    copies.get(slot).compute(copies.get(slot).here.byteSize());
                }
            }
        }

        @Override
        public Lifetime.Use use() {
            return device.use();
        }

        @Override
        public boolean isOpen() {
            return device.isOpen();
        }

        @Override
        public long bytes() {
            return device.bytes();
        }

        @Override
        public void close() {
            device.close();
            host.close();
        }
    }

    private static Memory[] each(List<Copied> parents, Function<Copied, Memory> side) {
        return parents.stream().map(side).toArray(Memory[]::new);
    }

    /** Moves what a program needs, runs it, and knows what it wrote. */
    private final class Counted extends ForwardingExecutable {
        private final List<Copy> named = new ArrayList<>();
        private final List<Copy> written = new ArrayList<>();

        Counted(Program program, Copied memory, Executable executable) {
            super(executable);
            Set<Slot> outputs = new LinkedHashSet<>();
            Set<Slot> all = new LinkedHashSet<>();
            for (Op op : program.ops()) {
                outputs.addAll(op.outputs());
                op.blocksWritten().forEach(block -> outputs.addAll(block.slots()));
                all.addAll(op.inputs());
                op.blocksRead().forEach(block -> all.addAll(block.slots()));
            }
            all.addAll(outputs);
            outputs.removeIf(slot -> slot.block() == program.scratch());
            all.removeIf(slot -> slot.block() == program.scratch());
            outputs.forEach(slot -> written.add(memory.copies.get(slot)));
            all.forEach(slot -> named.add(memory.copies.get(slot)));
        }

        @Override
        public void run(int... sizes) {
            Extents extents = Extents.view(sizes);
            synchronized (CountingDevice.this) {
                named.forEach(copy -> copy.send(bytes(copy.slot, extents)));
                super.run(sizes);
                written.forEach(copy -> copy.compute(bytes(copy.slot, extents)));
            }
        }

        private static long bytes(Slot slot, Extents extents) {
            return slot.shape().size(extents) * DataType.BYTES;
        }
    }
}
