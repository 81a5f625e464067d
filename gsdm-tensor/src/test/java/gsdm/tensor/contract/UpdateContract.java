package gsdm.tensor.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.StepState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Norm, clipping, Adam and averaging, three steps, in double precision beside; Muon between them.
 * One subclass for each backend.
 */
public abstract class UpdateContract extends MuonContract {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final double TOLERANCE = 2e-6;

    private final UpdateProgram step = new UpdateProgram();
    private final List<Block> lasting =
            List.of(step.parameters, step.moment1, step.moment2, step.average);

    /**
     * Fails unless three steps gave what they give on the scalar backend.
     *
     * @param found by {@link UpdateProgram#threeSteps}
     */
    public static void requireThreeSteps(Map<Slot, float[]> found) {
        List<float[]> expected;
        try (Backend scalar = Backends.open("scalar", 1)) {
            expected = List.copyOf(new UpdateProgram().threeSteps(scalar).values());
        }
        int index = 0;
        for (Map.Entry<Slot, float[]> each : found.entrySet()) {
            double[] wanted = wide(expected.get(index));
            double scale = Math.max(1, OpContract.largest(expected.get(index)));
            OpContract.assertClose(each.getKey().name(), each.getValue(), wanted, scale, TOLERANCE);
            index++;
        }
        assertThat(index).isEqualTo(expected.size());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1e6, Double.POSITIVE_INFINITY})
    void threeStepsMatchDoublePrecision(double clip) {
        try (Backend backend = open(2);
                Memory memory = step.memory(backend);
                Executable update = step.compile(backend, memory)) {
            Slot slot = step.parameters.slots().getLast();
            step.fill(memory, step.parameters);
            step.fill(memory, step.average);
            double[] p = read(memory, slot);
            double[] ema = read(memory, step.average.twin(slot));
            double[] m = new double[p.length];
            double[] v = new double[p.length];
            for (int number = 1; number <= 3; number++) {
                step.fill(memory, step.gradients);
                double norm = 0;
                for (Slot each : step.gradients.slots()) {
                    for (double g : read(memory, each)) {
                        norm += g * g;
                    }
                }
                norm = Math.sqrt(norm);
                step.set(memory, number, (float) clip);
                update.run();
                assertThat(Math.sqrt(step.get(memory, StepState.SQUARED_NORM)))
                        .isCloseTo(norm, within(1e-5 * norm));
                assertThat(step.get(memory, StepState.REFUSED)).isZero();
                double[] g = read(memory, step.gradients.twin(slot));
                double factor = Math.min(1, clip / (norm + 1e-6));
                for (int i = 0; i < p.length; i++) {
                    m[i] = 0.9 * m[i] + 0.1 * factor * g[i];
                    v[i] = 0.99 * v[i] + 0.01 * Math.pow(factor * g[i], 2);
                    double root = Math.sqrt(v[i] / (1 - Math.pow(0.99, number)));
                    p[i] -= 0.01 * m[i] / (1 - Math.pow(0.9, number)) / (root + 1e-8);
                    ema[i] = 0.75 * ema[i] + 0.25 * p[i];
                }
                assertClose(memory, slot, p);
                assertClose(memory, step.moment1.twin(slot), m);
                assertClose(memory, step.moment2.twin(slot), v);
                assertClose(memory, step.average.twin(slot), ema);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f})
    void aNormThatIsNotFiniteWritesNothing(float bad) {
        Slot last = step.gradients.slots().getLast();
        requireRefused(last, last.shape().size() - 1, bad);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void aLossThatIsNotFiniteWritesNothing(float bad) {
        for (int array = 0; array < 3; array++) {
            requireRefused(step.losses, array, bad);
        }
    }

    /** Fails unless a step with that entry writes nothing, and one without it goes on. */
    private void requireRefused(Slot slot, long entry, float bad) {
        try (Backend backend = open(2);
                Memory memory = step.memory(backend);
                Executable update = step.compile(backend, memory)) {
            step.fill(memory, step.gradients);
            lasting.forEach(block -> step.fill(memory, block));
            MemorySegment spoilt = memory.map(slot);
            float good = spoilt.getAtIndex(FLOAT, entry);
            spoilt.setAtIndex(FLOAT, entry, bad);
            step.set(memory, 1, 1);
            List<byte[]> before = lasting.stream().map(block -> bytes(memory, block)).toList();
            update.run();
            assertThat(step.get(memory, StepState.REFUSED)).isEqualTo(1);
            assertThat(lasting.stream().map(block -> bytes(memory, block)).toList())
                    .usingElementComparator(Arrays::compare)
                    .isEqualTo(before);
            memory.map(slot).setAtIndex(FLOAT, entry, good);
            update.run();
            assertThat(step.get(memory, StepState.REFUSED)).isZero();
            assertThat(bytes(memory, step.parameters)).isNotEqualTo(before.getFirst());
        }
    }

    @Test
    void noGradientAtAllMovesNothing() {
        try (Backend backend = open(1);
                Memory memory = step.memory(backend);
                Executable update = step.compile(backend, memory)) {
            step.fill(memory, step.parameters);
            step.set(memory, 1, 1);
            byte[] before = bytes(memory, step.parameters);
            update.run();
            assertThat(bytes(memory, step.parameters)).isEqualTo(before);
            assertThat(step.get(memory, StepState.REFUSED)).isZero();
        }
    }

    @Test
    void onlyWhatTheOpsSayTheyWriteChanges() {
        try (Backend backend = open(2);
                Memory memory = step.memory(backend);
                Executable update = step.compile(backend, memory)) {
            step.fill(memory, step.gradients);
            lasting.forEach(block -> step.fill(memory, block));
            step.set(memory, 1, 1);
            byte[] before = bytes(memory, step.gradients);
            float[] numbers = memory.read(step.state).toArray(FLOAT);
            update.run();
            assertThat(bytes(memory, step.gradients)).isEqualTo(before);
            assertThat(memory.read(step.losses).toArray(FLOAT)).containsOnly(0);
            numbers[StepState.SQUARED_NORM] = step.get(memory, StepState.SQUARED_NORM);
            numbers[StepState.REFUSED] = step.get(memory, StepState.REFUSED);
            assertThat(memory.read(step.state).toArray(FLOAT)).isEqualTo(numbers);
        }
    }

    private static double[] read(Memory memory, Slot slot) {
        return wide(memory.read(slot).toArray(FLOAT));
    }

    private static double[] wide(float[] data) {
        double[] wide = new double[data.length];
        Arrays.setAll(wide, i -> data[i]);
        return wide;
    }

    private static byte[] bytes(Memory memory, Block block) {
        return memory.read(block).toArray(ValueLayout.JAVA_BYTE);
    }

    private static void assertClose(Memory memory, Slot slot, double[] expected) {
        float[] found = memory.read(slot).toArray(FLOAT);
        OpContract.assertClose(slot.toString(), found, expected, 1, TOLERANCE);
    }
}
