package gsdm.tensor.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.cpu.CpuBackend;
import gsdm.tensor.cpu.KernelFactory;
import gsdm.tensor.cpu.scalar.ScalarKernels;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.DataType;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One op on random operands: the vector kernel beside the scalar one, and on several threads. */
public final class OpCase {
    private final Block block = new Block("case", Block.Role.LASTING);
    private final Map<Slot, Object> contents = new HashMap<>();
    private final long seed;
    private final Random random;

    public OpCase(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** A tensor of normal numbers. */
    public Slot floats(String name, int... sizes) {
        Slot slot = empty(name, sizes);
        float[] values = new float[Math.toIntExact(slot.shape().size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        contents.put(slot, values);
        return slot;
    }

    /** A tensor that starts as NaN, so that an entry nobody writes fails. */
    public Slot empty(String name, int... sizes) {
        Dim[] dims = new Dim[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            dims[i] = Dim.of(sizes[i]);
        }
        Slot slot = block.floats(name, dims);
        float[] values = new float[Math.toIntExact(slot.shape().size())];
        java.util.Arrays.fill(values, Float.NaN);
        contents.put(slot, values);
        return slot;
    }

    public Slot given(String name, float[] values, int... sizes) {
        Slot slot = empty(name, sizes);
        contents.put(slot, values);
        return slot;
    }

    Slot ints(String name, int... values) {
        Slot slot = block.ints(name, Dim.of(Math.max(values.length, 1)));
        contents.put(slot, values);
        return slot;
    }

    public Random random() {
        return random;
    }

    /** Runs ops in order and returns what {@code outputs} then hold. */
    public float[][] run(KernelFactory kernels, int threads, List<Op> ops, List<Slot> outputs) {
        ProgramBuilder builder = new ProgramBuilder("case");
        ops.forEach(builder::append);
        List<Block> blocks = contents.keySet().stream().map(Slot::block).distinct().toList();
        try (Backend backend = new CpuBackend("test", "test", kernels, threads);
                Memory memory = backend.allocate(Extents.NONE, blocks);
                Executable executable = backend.compile(builder.build(), memory, Extents.NONE)) {
            contents.forEach((slot, values) -> {
                MemorySegment from =
                        slot.type() == DataType.F32
                                ? MemorySegment.ofArray((float[]) values)
                                : MemorySegment.ofArray((int[]) values);
                memory.write(slot).copyFrom(from);
            });
            executable.run();
            return outputs.stream()
                    .map(slot -> memory.read(slot).toArray(ValueLayout.JAVA_FLOAT))
                    .toArray(float[][]::new);
        }
    }

    /** Fails unless both backends agree to {@code tolerance}, and 1 and 3 threads to the bit. */
    public void check(double tolerance, List<Op> ops, Slot... outputs) {
        List<Slot> compared = List.of(outputs);
        float[][] expected = run(new ScalarKernels(), 1, ops, compared);
        float[][] actual = run(new VectorKernels(), 1, ops, compared);
        float[][] threaded = run(new VectorKernels(), 3, ops, compared);
        for (int i = 0; i < outputs.length; i++) {
            String what = outputs[i] + ", seed " + seed;
            assertThat(error(actual[i], expected[i])).as(what).isLessThanOrEqualTo(tolerance);
            assertThat(threaded[i]).as(what + ", 3 threads").isEqualTo(actual[i]);
        }
    }

    public void check(double tolerance, Op op, Slot... outputs) {
        check(tolerance, List.of(op), outputs);
    }

    /** The largest difference over the largest entry; NaN where either has one. */
    static double error(float[] actual, float[] expected) {
        double difference = 0;
        double largest = 1e-30;
        for (int i = 0; i < expected.length; i++) {
            if (actual[i] == expected[i]) {
                largest =
                        Double.isInfinite(expected[i])
                                ? largest
                                : Math.max(largest, Math.abs(expected[i]));
                continue;
            }
            if (Float.isNaN(actual[i]) || Float.isNaN(expected[i])) {
                return Double.NaN;
            }
            difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        return difference / largest;
    }
}
