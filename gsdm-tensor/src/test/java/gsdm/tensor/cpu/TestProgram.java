package gsdm.tensor.cpu;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Gradients;
import gsdm.tensor.program.Loss;
import gsdm.tensor.program.NodeKind;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A program on random data. Whatever a gradient is wanted of is a parameter, activations included.
 * Temporaries and workspace hold NaN before every run, outputs too, gradients {@link #UNTOUCHED}.
 */
final class TestProgram {
    static final float UNTOUCHED = 7;

    final ProgramBuilder builder = new ProgramBuilder("test");
    final SplittableRandom random;
    private final Block parameters = new Block("parameters", Block.Role.LASTING);
    private final Block inputs = new Block("inputs", Block.Role.INPUT);
    private final Block outputs = new Block("outputs", Block.Role.RESULT);
    private final Map<Slot, float[]> floats = new LinkedHashMap<>();
    private final Map<Slot, int[]> ints = new LinkedHashMap<>();
    private final Map<String, Dim> dims = new LinkedHashMap<>();
    private final Map<Slot, Slot> kept = new LinkedHashMap<>();
    private Extents extents = Extents.NONE;
    private List<Op> forward = List.of();
    private Block gradients = new Block("gradients", Block.Role.LASTING);

    TestProgram(long seed) {
        random = new SplittableRandom(seed);
    }

    Extents extents() {
        return extents;
    }

    /** Sizes that memory may be reserved for to leave room after every tensor. */
    Extents larger() {
        Extents larger = extents;
        for (Dim dim : dims.values()) {
            int size = extents.of(dim);
            larger = larger.with(dim, size + 1 + size / 3);
        }
        return larger;
    }

    /** An axis of this size at run time. */
    Dim dim(String name, int size) {
        Dim dim = dims.computeIfAbsent(name, key -> Dim.named(key, dims.size()));
        extents = extents.with(dim, size);
        return dim;
    }

    /** The axis of that name. */
    Dim dim(String name) {
        return dims.get(name);
    }

    /** Normal values of the given deviation, to be differentiated by. */
    Slot parameter(String name, double deviation, Dim... dims) {
        return fill(parameters.floats(name, dims), deviation);
    }

    /** Normal values of the given deviation. */
    Slot input(String name, double deviation, Dim... dims) {
        return fill(inputs.floats(name, dims), deviation);
    }

    Slot input(String name, float[] data, Dim... dims) {
        Slot slot = inputs.floats(name, dims);
        floats.put(slot, data);
        return slot;
    }

    Slot indices(String name, int[] data, Dim... dims) {
        Slot slot = inputs.ints(name, dims);
        ints.put(slot, data);
        return slot;
    }

    Slot output(String name, Dim... dims) {
        return outputs.floats(name, dims);
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
    void squaredError(Slot value) {
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
                        input(name + " example weights", 0.5, dims.get(0)),
                        output(name, Dim.of(2), Dim.of(2))));
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
    void keepAll() {
        forward = List.copyOf(builder.ops());
        for (Op op : forward) {
            for (Slot slot : op.outputs()) {
                if (slot.block() == builder.build().scratch()) {
                    Dim[] dims = slot.shape().dims().toArray(Dim[]::new);
                    Slot copy = outputs.floats("kept " + slot.name(), dims);
                    builder.keep(slot, copy);
                    kept.put(slot, copy);
                }
            }
        }
    }

    /** Ends the program with the gradients of all parameters. */
    void differentiate() {
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
                    results.put(slot, outputs.floats("again " + slot, dims));
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
            Slot apart = outputs.floats("apart " + over.size() + " " + out.name(), dims);
            Slot both = outputs.floats("over " + over.size() + " " + out.name(), dims);
            builder.keep(out, apart);
            builder.keep(input, both);
            Map<Slot, Slot> moved = new HashMap<>();
            for (Op part : op instanceof Op.Composite whole ? whole.parts() : List.of(op)) {
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

    Program program() {
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
    double slope(Slot parameter, double[] direction) {
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

    List<Slot> parameters() {
        return parameters.slots();
    }

    Slot gradientOf(Slot parameter) {
        return gradients.twin(parameter);
    }

    /** Runs once, planned for exactly these sizes. */
    Map<Slot, float[]> run(String backend, int threads) {
        return run(backend, threads, extents);
    }

    /** Runs once and returns what outputs and gradients hold. */
    Map<Slot, float[]> run(String backend, int threads, Extents reserve) {
        try (Backend device = Backends.open(backend, threads)) {
            return run(device, reserve);
        }
    }

    /** Runs once on a backend. */
    Map<Slot, float[]> run(Backend device, Extents reserve) {
        return run(device, reserve, () -> {});
    }

    /** Runs once on a backend, then calls {@code after} while the memory is there. */
    Map<Slot, float[]> run(Backend device, Extents reserve, Runnable after) {
        try (Memory memory = memory(device, reserve);
                Executable executable = device.compile(program(), memory, reserve)) {
            if (executable instanceof CpuExecutable cpu) {
                cpu.poison();
            }
            executable.run(extents.toArray());
            after.run();
            return results(memory, this);
        }
    }

    /**
     * Runs one executable of this program several times.
     *
     * @param programs what is run: this program, or the same ops at other sizes
     * @return what outputs and gradients hold after each run
     */
    List<Map<Slot, float[]>> runAll(String backend, List<TestProgram> programs) {
        Extents reserve = extents;
        for (TestProgram program : programs) {
            for (Dim dim : dims.values()) {
                int size = program.extents.of(program.dim(dim.name()));
                reserve = reserve.with(dim, Math.max(size, reserve.of(dim)));
            }
        }
        try (Backend device = Backends.open(backend, 2);
                Memory memory = memory(device, reserve);
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

    /** Memory for all blocks, filled. */
    Memory memory(Backend device, Extents reserve) {
        Memory memory = device.allocate(reserve, List.of(parameters, gradients, inputs, outputs));
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
        memory.write(other.outputs).fill((byte) -1);
        for (Slot slot : gradients.slots()) {
            float[] data = new float[size(slot)];
            Arrays.fill(data, UNTOUCHED);
            memory.write(other.twin(slot)).copyFrom(MemorySegment.ofArray(data));
        }
    }

    /** What a slot of a program of the same ops is in this one. */
    private Slot twin(Slot slot) {
        return Stream.of(parameters, gradients, inputs, outputs)
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
            long bytes = (long) size(slot) * DataType.BYTES;
            MemorySegment data = memory.read(other.twin(slot)).asSlice(0, bytes);
            results.put(slot, data.toArray(ValueLayout.JAVA_FLOAT));
        }
        return results;
    }
}
