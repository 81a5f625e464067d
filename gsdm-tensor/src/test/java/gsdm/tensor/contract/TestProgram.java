package gsdm.tensor.contract;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Gradients;
import gsdm.tensor.program.Loss;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Normals;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Projection;
import gsdm.tensor.program.Shape;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A program on random data. Whatever a gradient is wanted of is a parameter, activations included.
 * Before every run outputs hold NaN, gradients {@link #UNTOUCHED}. Around every tensor lies a
 * guard, which no op knows of: a run that changes one, or anything else than what its ops say they
 * write, fails.
 */
public final class TestProgram {
    static final float UNTOUCHED = 7;

    private static final float GUARD = 1234.5f;
    private static final Dim GUARD_SIZE = Dim.of(16);

    /** Where ops are appended. */
    public final ProgramBuilder builder = new ProgramBuilder("test");

    final SplittableRandom random;
    private final Block parameters = new Block("parameters", Block.Role.LASTING);
    private final Block inputs = new Block("inputs", Block.Role.INPUT);
    private final Block outputs = new Block("outputs", Block.Role.RESULT);
    private final List<Slot> guards = new ArrayList<>();
    private final Map<Slot, float[]> floats = new LinkedHashMap<>();
    private final Map<Slot, int[]> ints = new LinkedHashMap<>();
    private final Map<String, Dim> dims = new LinkedHashMap<>();
    private final Map<Slot, Slot> kept = new LinkedHashMap<>();
    private Extents extents = Extents.NONE;
    private List<Op> forward = List.of();
    private Block gradients = new Block("gradients", Block.Role.LASTING);

    /** An empty program. */
    public TestProgram(long seed) {
        random = new SplittableRandom(seed);
        for (Block block : List.of(parameters, inputs, outputs)) {
            guards.add(block.floats("guard", GUARD_SIZE));
        }
    }

    private Slot declare(Block block, String name, DataType type, Dim... axes) {
        Slot slot = block.declare(name, type, Shape.of(axes));
        guards.add(block.floats("guard after " + name, GUARD_SIZE));
        return slot;
    }

    /** The sizes of a run. */
    public Extents extents() {
        return extents;
    }

    /** Sizes that memory may be reserved for to leave room after every tensor. */
    public Extents larger() {
        Extents larger = extents;
        for (Dim dim : dims.values()) {
            int size = extents.of(dim);
            larger = larger.with(dim, size + 1 + size / 3);
        }
        return larger;
    }

    /** An axis of this size at run time. */
    public Dim dim(String name, int size) {
        Dim dim = dims.computeIfAbsent(name, key -> Dim.named(key, dims.size()));
        extents = extents.with(dim, size);
        return dim;
    }

    /** The axis of that name. */
    public Dim dim(String name) {
        return dims.get(name);
    }

    /** Normal values of the given deviation, to be differentiated by. */
    public Slot parameter(String name, double deviation, Dim... dims) {
        return fill(declare(parameters, name, DataType.F32, dims), deviation);
    }

    /** Normal values of the given deviation. */
    public Slot input(String name, double deviation, Dim... dims) {
        return fill(declare(inputs, name, DataType.F32, dims), deviation);
    }

    public Slot input(String name, float[] data, Dim... dims) {
        Slot slot = declare(inputs, name, DataType.F32, dims);
        floats.put(slot, data);
        return slot;
    }

    public Slot indices(String name, int[] data, Dim... dims) {
        Slot slot = declare(inputs, name, DataType.I32, dims);
        ints.put(slot, data);
        return slot;
    }

    public Slot output(String name, Dim... dims) {
        return declare(outputs, name, DataType.F32, dims);
    }

    private Slot fill(Slot slot, double deviation) {
        float[] data = new float[Math.toIntExact(slot.shape().size(extents))];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) (random.nextGaussian() * deviation);
        }
        floats.put(slot, data);
        return slot;
    }

    /** A weighted squared error against random targets; of a random projection of [B, N, C]. */
    public void squaredError(Slot value) {
        List<Dim> dims = value.shape().dims();
        String name = "loss " + outputs.slots().size();
        if (dims.size() == 2) {
            Dim[] axes = dims.toArray(Dim[]::new);
            int columns = extents.of(axes[1]);
            Slot target = input(name + " target", 1, axes);
            loss(
                    name,
                    value,
                    target,
                    flags(name + " seen", axes),
                    List.of(new NodeKind(axes[1], 1)),
                    List.of(Loss.Criterion.SQUARED_ERROR),
                    columns / 3);
            return;
        }
        Dim options = Dim.of(4);
        Dim values = dim(name + " values", 4 * extents.of(dims.get(1)));
        Slot weight = input(name + " projection", 0.5, options, dims.get(2));
        Slot bias = input(name + " bias", 0.5, options);
        Slot like = output(name + " like", dims.get(0), values);
        List<Projection> kind =
                List.of(new Projection(new NodeKind(dims.get(1), options.size()), weight, bias));
        squaredError(builder.projectValues(value, kind, like));
    }

    /**
     * A loss of random weights over two arrays.
     *
     * @param second where the second array's values start
     */
    void loss(
            String name,
            Slot prediction,
            Slot target,
            Slot observed,
            List<NodeKind> kinds,
            List<Loss.Criterion> criteria,
            int second) {
        List<Dim> dims = prediction.shape().dims();
        int[] bounds = {0, second, extents.of(dims.get(1))};
        builder.loss(
                new Loss(
                        prediction,
                        target,
                        observed,
                        kinds,
                        criteria,
                        indices(name + " bounds", bounds, Dim.of(3)),
                        input(name + " array weights", 0.6, Dim.of(2)),
                        input(name + " example weights", 0.5, dims.get(0), Dim.of(2)),
                        output(name, Dim.of(2)),
                        output(name + " errors", dims.get(0), Dim.of(2))));
    }

    /** Of every four one is 1, the others are 0. */
    Slot flags(String name, Dim... dims) {
        float[] data = new float[Math.toIntExact(Shape.of(dims).size(extents))];
        for (int i = 3; i < data.length; i += 4) {
            data[i] = 1;
        }
        return input(name, data, dims);
    }

    private int size(Slot slot) {
        return Math.toIntExact(slot.shape().size(extents));
    }

    /** Ends the program with a copy of every temporary that the ops so far wrote. */
    public void keepAll() {
        forward = List.copyOf(builder.ops());
        for (Op op : forward) {
            for (Slot slot : op.outputs()) {
                if (slot.block() == builder.build().scratch()) {
                    Dim[] dims = slot.shape().dims().toArray(Dim[]::new);
                    Slot copy = output("kept " + slot.name(), dims);
                    builder.keep(slot, copy);
                    kept.put(slot, copy);
                }
            }
        }
    }

    /** Ends the program with the gradients of all parameters. */
    public void differentiate() {
        differentiate(false);
    }

    /** Ends the program with the gradients of all parameters. */
    void differentiate(boolean recompute) {
        forward = List.copyOf(builder.ops());
        gradients = parameters.like("gradients");
        Gradients.append(builder, parameters, gradients, recompute);
    }

    /**
     * Emits all ops once more, on other slots for whatever they write.
     *
     * @return what outputs and gradients are written to then
     */
    Map<Slot, Slot> emitAgain() {
        Map<Slot, Slot> again = new HashMap<>();
        Map<Slot, Slot> results = new HashMap<>();
        for (Op op : builder.build().inParts().ops()) {
            for (Slot slot : op.outputs()) {
                Dim[] dims = slot.shape().dims().toArray(Dim[]::new);
                if (slot.block() == builder.build().scratch()) {
                    again.put(slot, builder.temporary(slot.name(), slot.shape()));
                } else {
                    results.put(slot, output("again " + slot, dims));
                }
            }
        }
        again.putAll(results);
        for (Op op : List.copyOf(builder.ops())) {
            builder.append(op.withSlots(slot -> again.getOrDefault(slot, slot)));
        }
        return results;
    }

    /**
     * Runs again, at the end, every op that may write over an input: over a copy of that input.
     *
     * @return what such an op wrote apart, and what over its input
     */
    Map<Slot, Slot> writeOverInputs() {
        Map<Slot, Slot> over = new LinkedHashMap<>();
        for (Op op : List.copyOf(builder.ops())) {
            Slot input = op.inPlace();
            if (!input.present() || Collections.frequency(op.inputs(), input) > 1) {
                continue;
            }
            Slot out = op.outputs().getFirst();
            Dim[] dims = out.shape().dims().toArray(Dim[]::new);
            Slot apart = output("apart " + over.size() + " " + out.name(), dims);
            Slot both = output("over " + over.size() + " " + out.name(), dims);
            builder.keep(out, apart);
            builder.keep(input, both);
            Map<Slot, Slot> moved = new HashMap<>();
            for (Op part : Program.inParts(List.of(op))) {
                for (Slot slot : part.outputs()) {
                    moved.put(slot, builder.temporary(slot.name(), slot.shape()));
                }
            }
            moved.put(input, both);
            moved.put(out, both);
            builder.append(op.withSlots(slot -> moved.getOrDefault(slot, slot)));
            over.put(apart, both);
        }
        return over;
    }

    /** The program so far. */
    public Program program() {
        return builder.build();
    }

    /** Every temporary and output that a forward op wrote, in double precision. */
    DoubleReference reference() {
        DoubleReference reference = reference(DoubleReference.widen(floats));
        reference.run(forward);
        return reference;
    }

    private DoubleReference reference(Map<Slot, double[]> values) {
        return new DoubleReference(extents, ints, values);
    }

    /** The derivative of the summed losses where entry i of a parameter moves by direction[i]. */
    public double slope(Slot parameter, double[] direction) {
        double step = 1e-5;
        return (lossAt(parameter, direction, step) - lossAt(parameter, direction, -step))
                / (2 * step);
    }

    private double lossAt(Slot parameter, double[] direction, double step) {
        Map<Slot, double[]> moved = DoubleReference.widen(floats);
        double[] values = moved.get(parameter);
        for (int i = 0; i < values.length; i++) {
            values[i] += step * direction[i];
        }
        return reference(moved).run(forward);
    }

    /** What kept temporaries are copies of. */
    Map<Slot, Slot> kept() {
        return kept;
    }

    /** What gradients are wanted of. */
    public List<Slot> parameters() {
        return parameters.slots().stream().filter(slot -> !guards.contains(slot)).toList();
    }

    public Slot gradientOf(Slot parameter) {
        return gradients.twin(parameter);
    }

    /** Runs once and returns what outputs and gradients hold. */
    public Map<Slot, float[]> run(Backend device, Extents reserve) {
        return run(device, reserve, executable -> {});
    }

    /**
     * As {@link #run(Backend, Extents)}.
     *
     * @param prepare is handed the executable before it runs
     */
    Map<Slot, float[]> run(Backend device, Extents reserve, Consumer<Executable> prepare) {
        try (Memory memory = memory(device, reserve);
                Executable executable = device.compile(program(), memory, reserve)) {
            prepare.accept(executable);
            Map<Slot, MemorySegment> before = contents(memory, blocks());
            executable.run(extents.toArray());
            before.forEach((slot, held) -> requireSame(slot, memory.read(slot), held));
            return results(memory, this);
        }
    }

    /**
     * Runs one executable of this program several times.
     *
     * @param programs what is run: this program, or the same ops at other sizes
     * @return what outputs and gradients hold after each run
     */
    public List<Map<Slot, float[]>> runAll(Backend device, List<TestProgram> programs) {
        Extents reserve = extents;
        for (TestProgram program : programs) {
            for (Dim dim : dims.values()) {
                int size = program.extents.of(program.dim(dim.name()));
                reserve = reserve.with(dim, Math.max(size, reserve.of(dim)));
            }
        }
        try (Memory memory = memory(device, reserve);
                Executable executable = device.compile(program(), memory, reserve)) {
            List<Map<Slot, float[]>> results = new ArrayList<>();
            for (TestProgram program : programs) {
                program.fill(memory, this);
                executable.run(program.extents.toArray());
                results.add(program.results(memory, this));
            }
            return results;
        }
    }

    /**
     * Runs once, then has the device copy out, on its side, what no op may have written; a device
     * that knows what its ops write need not move that otherwise.
     */
    void runAndLook(Backend device, Extents reserve) {
        Block seen = new Block("seen", Block.Role.RESULT);
        ProgramBuilder look = new ProgramBuilder("look");
        Map<Slot, Slot> copies = new LinkedHashMap<>();
        for (Block block : blocks()) {
            for (Slot slot : block.slots()) {
                if (slot.type() == DataType.F32 && !written().contains(slot)) {
                    Dim[] dims = slot.shape().dims().toArray(Dim[]::new);
                    copies.put(slot, seen.floats(slot.toString(), dims));
                    look.keep(slot, copies.get(slot));
                }
            }
        }
        try (Memory memory = memory(device, reserve);
                Executable executable = device.compile(program(), memory, reserve)) {
            Map<Slot, MemorySegment> before = contents(memory, blocks());
            executable.run(extents.toArray());
            try (Memory more = device.allocate(reserve, List.of(seen), memory);
                    Executable looking = device.compile(look.build(), more, reserve)) {
                looking.run(extents.toArray());
                copies.forEach((slot, copy) -> {
                    MemorySegment held = before.get(slot).asSlice(0, bytes(slot));
                    requireSame(slot, more.read(copy).asSlice(0, bytes(copy)), held);
                });
            }
        }
    }

    /**
     * Runs once for each way to spoil an integer that kernels follow: the first, one in the middle
     * and the last of each slot, made too small or too large. Fails where such a run has written
     * anything.
     *
     * @param spoilt is told which slot is spoilt, and has to run the program
     */
    void runSpoilt(Backend device, BiConsumer<Slot, Runnable> spoilt) {
        try (Memory memory = memory(device, extents);
                Executable executable = device.compile(program(), memory, extents)) {
            Set<Slot> followed = followed();
            if (followed.isEmpty()) {
                throw new AssertionError("no integer is followed");
            }
            for (Slot slot : followed) {
                int last = size(slot) - 1;
                for (int at : new int[] {0, last / 2, last}) {
                    for (int bad : new int[] {-1, Integer.MIN_VALUE, 1000, Integer.MAX_VALUE}) {
                        int[] data = ints.get(slot).clone();
                        data[at] = bad;
                        memory.write(slot).copyFrom(MemorySegment.ofArray(data));
                        Map<Slot, MemorySegment> before = contents(memory, blocks());
                        spoilt.accept(slot, () -> executable.run(extents.toArray()));
                        before.forEach(
                                (held, bytes) -> requireSame(held, memory.read(held), bytes, 0));
                    }
                }
                memory.write(slot).copyFrom(MemorySegment.ofArray(ints.get(slot)));
            }
            executable.run(extents.toArray());
        }
    }

    /** What kernels find their way by; keys and places of random numbers may be anything. */
    private Set<Slot> followed() {
        Set<Slot> followed = new LinkedHashSet<>();
        for (Op op : builder.ops()) {
            List<Slot> inputs =
                    op instanceof Normals normals ? List.of(normals.bounds()) : op.inputs();
            inputs.stream().filter(slot -> slot.type() == DataType.I32).forEach(followed::add);
        }
        return followed;
    }

    private static Map<Slot, MemorySegment> contents(Memory memory, List<Block> blocks) {
        Map<Slot, MemorySegment> contents = new LinkedHashMap<>();
        for (Block block : blocks) {
            for (Slot slot : block.slots()) {
                byte[] bytes = memory.read(slot).toArray(ValueLayout.JAVA_BYTE);
                contents.put(slot, MemorySegment.ofArray(bytes));
            }
        }
        return contents;
    }

    /** Fails where a byte has changed; of what an op writes, one past the sizes of the run. */
    private void requireSame(Slot slot, MemorySegment now, MemorySegment before) {
        requireSame(slot, now, before, written().contains(slot) ? bytes(slot) : 0);
    }

    private static void requireSame(Slot slot, MemorySegment now, MemorySegment before, long from) {
        long at =
                MemorySegment.mismatch(now, from, now.byteSize(), before, from, before.byteSize());
        if (at >= 0) {
            throw new AssertionError(
                    "byte %d of %s has changed; nothing may write it".formatted(from + at, slot));
        }
    }

    /** What the ops say they write. */
    private Set<Slot> written() {
        Set<Slot> written = new HashSet<>();
        for (Op op : builder.ops()) {
            written.addAll(op.outputs());
            op.blocksWritten().forEach(block -> written.addAll(block.slots()));
        }
        return written;
    }

    private List<Block> blocks() {
        return List.of(parameters, gradients, inputs, outputs);
    }

    /** Memory for all blocks, filled. */
    public Memory memory(Backend device, Extents reserve) {
        Memory memory = device.allocate(reserve, blocks());
        fill(memory, this);
        return memory;
    }

    /** Fills the memory of a program of the same ops. */
    private void fill(Memory memory, TestProgram other) {
        floats.forEach((slot, data) -> {
            memory.write(other.twin(slot)).copyFrom(MemorySegment.ofArray(data));
        });
        ints.forEach((slot, data) -> {
            memory.write(other.twin(slot)).copyFrom(MemorySegment.ofArray(data));
        });
        outputs.slots().forEach(slot -> fill(memory, other, slot, Float.NaN));
        gradients.slots().forEach(slot -> fill(memory, other, slot, UNTOUCHED));
        for (Slot guard : guards) {
            fill(memory, other, guard, GUARD);
            if (guard.block() == parameters && !gradients.slots().isEmpty()) {
                fill(memory, other, gradients.twin(guard), GUARD);
            }
        }
    }

    private void fill(Memory memory, TestProgram other, Slot slot, float value) {
        float[] data = new float[size(slot)];
        Arrays.fill(data, value);
        memory.write(other.twin(slot)).copyFrom(MemorySegment.ofArray(data));
    }

    private long bytes(Slot slot) {
        return (long) size(slot) * DataType.BYTES;
    }

    /** What a slot of a program of the same ops is in this one. */
    private Slot twin(Slot slot) {
        return blocks().stream()
                .filter(block -> block.name().equals(slot.block().name()))
                .map(block -> block.slots().get(slot.index()))
                .findFirst()
                .orElseThrow();
    }

    /** What the memory of a program of the same ops holds, outputs first. */
    private Map<Slot, float[]> results(Memory memory, TestProgram other) {
        List<Slot> slots = new ArrayList<>(outputs.slots());
        slots.addAll(gradients.slots());
        Map<Slot, float[]> results = new LinkedHashMap<>();
        for (Slot slot : slots) {
            MemorySegment data = memory.read(other.twin(slot)).asSlice(0, bytes(slot));
            results.put(slot, data.toArray(ValueLayout.JAVA_FLOAT));
        }
        return results;
    }
}
