package gsdm.tensor.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.Program;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Norm, clipping, Adam and averaging over whole blocks, three steps, in double precision beside.
 * One subclass for each backend.
 */
public abstract class UpdateContract extends BackendContract {
    private static final int[] SIZES = {1, 13, 4098};

    private final Block parameters = new Block("parameters", Block.Role.LASTING);
    private final Block gradients;
    private final Block moment1;
    private final Block moment2;
    private final Block average;
    private final Block states = new Block("state", Block.Role.STATE);
    private final Slot state = states.floats("state", Dim.of(StepState.SIZE));
    private final SplittableRandom random = new SplittableRandom(5);

    protected UpdateContract() {
        for (int size : SIZES) {
            parameters.floats("p" + size, Dim.of(size));
        }
        gradients = parameters.like("gradients");
        moment1 = parameters.like("moment1");
        moment2 = parameters.like("moment2");
        average = parameters.like("average");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1e6, Double.POSITIVE_INFINITY})
    void threeStepsMatchDoublePrecision(double clip) {
        try (Backend backend = open(2);
                Memory memory = memory(backend);
                Executable update = compile(backend, memory)) {
            Slot slot = parameters.slots().getLast();
            fill(memory, parameters);
            fill(memory, average);
            double[] p = read(memory, slot);
            double[] ema = read(memory, average.twin(slot));
            double[] m = new double[p.length];
            double[] v = new double[p.length];
            for (int step = 1; step <= 3; step++) {
                fill(memory, gradients);
                double norm = 0;
                for (Slot each : gradients.slots()) {
                    for (double g : read(memory, each)) {
                        norm += g * g;
                    }
                }
                norm = Math.sqrt(norm);
                set(memory, step, (float) clip);
                update.run();
                assertThat(Math.sqrt(get(memory, StepState.SQUARED_NORM)))
                        .isCloseTo(norm, within(1e-5 * norm));
                assertThat(get(memory, StepState.REFUSED)).isZero();
                double[] g = read(memory, gradients.twin(slot));
                double factor = Math.min(1, clip / (norm + 1e-6));
                for (int i = 0; i < p.length; i++) {
                    m[i] = 0.9 * m[i] + 0.1 * factor * g[i];
                    v[i] = 0.99 * v[i] + 0.01 * Math.pow(factor * g[i], 2);
                    double root = Math.sqrt(v[i] / (1 - Math.pow(0.99, step)));
                    p[i] -= 0.01 * m[i] / (1 - Math.pow(0.9, step)) / (root + 1e-8);
                    ema[i] = 0.75 * ema[i] + 0.25 * p[i];
                }
                assertClose(read(memory, slot), p);
                assertClose(read(memory, moment1.twin(slot)), m);
                assertClose(read(memory, moment2.twin(slot)), v);
                assertClose(read(memory, average.twin(slot)), ema);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f})
    void aNormThatIsNotFiniteWritesNothing(float bad) {
        try (Backend backend = open(2);
                Memory memory = memory(backend);
                Executable update = compile(backend, memory)) {
            for (Block block : List.of(parameters, gradients, moment1, moment2, average)) {
                fill(memory, block);
            }
            MemorySegment last = memory.map(gradients.slots().getLast());
            last.setAtIndex(ValueLayout.JAVA_FLOAT, 4097, bad);
            set(memory, 1, 1);
            List<Block> kept = List.of(parameters, moment1, moment2, average);
            List<byte[]> before = kept.stream().map(block -> bytes(memory, block)).toList();
            update.run();
            assertThat(get(memory, StepState.REFUSED)).isEqualTo(1);
            assertThat(kept.stream().map(block -> bytes(memory, block)).toList())
                    .usingElementComparator(Arrays::compare)
                    .isEqualTo(before);
            fill(memory, gradients);
            update.run();
            assertThat(get(memory, StepState.REFUSED)).isZero();
            assertThat(bytes(memory, parameters)).isNotEqualTo(before.getFirst());
        }
    }

    @Test
    void noGradientAtAllMovesNothing() {
        try (Backend backend = open(1);
                Memory memory = memory(backend);
                Executable update = compile(backend, memory)) {
            fill(memory, parameters);
            set(memory, 1, 1);
            byte[] before = bytes(memory, parameters);
            update.run();
            assertThat(bytes(memory, parameters)).isEqualTo(before);
            assertThat(get(memory, StepState.REFUSED)).isZero();
        }
    }

    @Test
    void onlyWhatTheOpsSayTheyWriteChanges() {
        try (Backend backend = open(2);
                Memory memory = memory(backend);
                Executable update = compile(backend, memory)) {
            for (Block block : List.of(parameters, gradients, moment1, moment2, average)) {
                fill(memory, block);
            }
            set(memory, 1, 1);
            byte[] before = bytes(memory, gradients);
            float[] numbers = memory.read(state).toArray(ValueLayout.JAVA_FLOAT);
            update.run();
            assertThat(bytes(memory, gradients)).isEqualTo(before);
            numbers[StepState.SQUARED_NORM] = get(memory, StepState.SQUARED_NORM);
            numbers[StepState.REFUSED] = get(memory, StepState.REFUSED);
            assertThat(memory.read(state).toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(numbers);
        }
    }

    private Memory memory(Backend backend) {
        return backend.allocate(
                Extents.NONE, List.of(parameters, gradients, moment1, moment2, average, states));
    }

    private Executable compile(Backend backend, Memory memory) {
        return backend.compile(program(), memory, Extents.NONE);
    }

    private Program program() {
        ProgramBuilder builder = new ProgramBuilder("update");
        builder.append(new SquaredNorm(gradients, state));
        builder.append(new Adam(parameters, gradients, moment1, moment2, state));
        builder.append(new MovingAverage(average, parameters, state));
        return builder.build();
    }

    private void set(Memory memory, int step, float clip) {
        MemorySegment numbers = memory.write(state);
        float[] values = new float[StepState.SIZE];
        values[StepState.LEARNING_RATE] = 0.01f;
        values[StepState.BETA1] = 0.9f;
        values[StepState.BETA2] = 0.99f;
        values[StepState.EPSILON] = 1e-8f;
        values[StepState.BIAS_CORRECTION1] = (float) (1 - Math.pow(0.9, step));
        values[StepState.BIAS_CORRECTION2] = (float) (1 - Math.pow(0.99, step));
        values[StepState.CLIP_NORM] = clip;
        values[StepState.EMA_DECAY] = 0.75f;
        numbers.copyFrom(MemorySegment.ofArray(values));
    }

    private float get(Memory memory, int entry) {
        return memory.read(state).getAtIndex(ValueLayout.JAVA_FLOAT, entry);
    }

    private void fill(Memory memory, Block block) {
        for (Slot slot : block.slots()) {
            float[] data = new float[(int) slot.shape().size()];
            for (int i = 0; i < data.length; i++) {
                data[i] = (float) Math.abs(random.nextGaussian());
            }
            memory.write(slot).copyFrom(MemorySegment.ofArray(data));
        }
    }

    private static double[] read(Memory memory, Slot slot) {
        float[] data = memory.read(slot).toArray(ValueLayout.JAVA_FLOAT);
        double[] wide = new double[data.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = data[i];
        }
        return wide;
    }

    private static byte[] bytes(Memory memory, Block block) {
        return memory.read(block).toArray(ValueLayout.JAVA_BYTE);
    }

    private static void assertClose(double[] found, double[] expected) {
        assertThat(found).containsExactly(expected, within(2e-6));
    }
}
