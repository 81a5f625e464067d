package gsdm.tensor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Muon;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.StepState;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Muon on matrices between slots of Adam: steps as in double precision, and what makes an update
 * near orthogonal.
 */
public abstract class MuonContract extends BackendContract {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    /**
     * Of the entries of a near orthogonal matrix, which are at most 1. Five iterations make of an
     * error in a float's last bit, 6e-8 of the norm, what they make of the smallest singular
     * values: 3.4445^5 = 485 times as much.
     */
    private static final double TOLERANCE = 3e-5;

    private final UpdateProgram step = new UpdateProgram();

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1e6, Double.POSITIVE_INFINITY})
    void threeStepsOfMuonMatchDoublePrecision(double clip) {
        try (Backend backend = open(2);
                Memory memory = step.memory(backend);
                Executable update = step.compile(backend, memory)) {
            poison(update);
            // from 0, so that their own rounding hides nothing
            List<Matrix> parameters = matrices(memory, step.parameters);
            List<Matrix> momenta = matrices(memory, step.moment1);
            for (int number = 1; number <= 3; number++) {
                step.fill(memory, step.gradients);
                step.set(memory, number, (float) clip);
                update.run();
                double norm = Math.sqrt(step.get(memory, StepState.SQUARED_NORM));
                double factor = Math.min(1, clip / norm);
                List<Matrix> gradients = matrices(memory, step.gradients);
                List<Matrix> found = matrices(memory, step.parameters);
                List<Matrix> foundMomenta = matrices(memory, step.moment1);
                for (int i = 0; i < found.size(); i++) {
                    Matrix g = gradients.get(i).times(factor * (1 - UpdateProgram.MOMENTUM));
                    momenta.set(i, momenta.get(i).times(UpdateProgram.MOMENTUM).plus(g));
                    Matrix x = orthogonalised(momenta.get(i).times(UpdateProgram.MOMENTUM).plus(g));
                    double rate = rate(x);
                    parameters.set(i, parameters.get(i).plus(x.times(-rate)));
                    assertClose(found.get(i), parameters.get(i), rate * TOLERANCE);
                    assertClose(foundMomenta.get(i), momenta.get(i), 2e-6);
                }
            }
        }
    }

    /** Jordan's iteration as he wrote it: from the left, of the transpose if that is wider. */
    private static Matrix orthogonalised(Matrix direction) {
        if (direction.height() > direction.width()) {
            return orthogonalised(direction.transposed()).transposed();
        }
        Matrix x = direction.times(1 / (direction.norm() + 1e-7));
        for (int i = 0; i < 5; i++) {
            Matrix s = x.times(x.transposed());
            Matrix factor = s.times(-4.7750).plus(s.times(s).times(2.0315));
            x = x.times(3.4445).plus(factor.times(x));
        }
        return x;
    }

    private static double rate(Matrix matrix) {
        return UpdateProgram.RATE * 0.2 * Math.sqrt(Math.max(matrix.height(), matrix.width()));
    }

    /** Square, wide and tall; a strong diagonal keeps singular values from being very small. */
    @Test
    void singularValuesEndNearOne() {
        SplittableRandom random = new SplittableRandom(7);
        for (Matrix update :
                updates((rows, columns) -> {
                    Matrix gradient = Matrix.normal(rows, columns, random);
                    for (int i = 0; i < Math.min(rows, columns); i++) {
                        gradient.rows()[i][i] += 2 * Math.sqrt(Math.max(rows, columns));
                    }
                    return gradient;
                })) {
            assertThat(update.singularValues())
                    .as("%d x %d", update.height(), update.width())
                    .allMatch(value -> value > 0.6 && value < 1.3);
        }
    }

    /** What the gradient says nothing of is left alone. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void singularValuesOfZeroStayZero(int rank) {
        SplittableRandom random = new SplittableRandom(8);
        for (Matrix update :
                updates((rows, columns) ->
                        Matrix.normal(rows, rank, random)
                                .times(Matrix.normal(rank, columns, random)))) {
            List<Double> values = update.singularValues();
            int zeros = Math.max(0, values.size() - rank);
            assertThat(values.subList(0, zeros)).allMatch(value -> value < 1e-3);
            assertThat(values.subList(zeros, values.size()))
                    .as("%d x %d", update.height(), update.width())
                    .allMatch(value -> value > 0.6 && value < 1.3);
        }
    }

    private interface Gradients {
        Matrix of(int rows, int columns);
    }

    /** What the first step makes of such gradients, over the learning rate and the scale. */
    private List<Matrix> updates(Gradients gradients) {
        try (Backend backend = open(2);
                Memory memory = step.memory(backend);
                Executable update = step.compile(backend, memory)) {
            for (Muon.Matrix matrix : step.matrices) {
                Slot slot = step.gradients.slots().get(matrix.index());
                int rows = step.muon().rows(matrix);
                int columns = step.muon().columns(matrix);
                float[] data = new float[(int) slot.shape().size()];
                for (int part = 0; part < matrix.parts(); part++) {
                    gradients.of(rows, columns).copyTo(data, part * rows * columns);
                }
                memory.write(slot).copyFrom(MemorySegment.ofArray(data));
            }
            step.set(memory, 1, 1);
            update.run();
            return matrices(memory, step.parameters).stream()
                    .map(moved -> moved.times(-1 / rate(moved)))
                    .toList();
        }
    }

    @Test
    void matricesHaveNoSecondMoment() {
        try (Backend backend = open(2);
                Memory memory = step.memory(backend);
                Executable update = step.compile(backend, memory)) {
            step.fill(memory, step.gradients);
            step.fill(memory, step.moment2);
            step.set(memory, 1, 1);
            List<byte[]> unused = moment2(memory);
            update.run();
            assertThat(moment2(memory)).usingElementComparator(Arrays::compare).isEqualTo(unused);
            for (Slot slot : step.parameters.slots()) {
                assertThat(memory.read(slot).toArray(FLOAT)).as(slot.name()).doesNotContain(0);
            }
        }
    }

    private List<byte[]> moment2(Memory memory) {
        return step.matrices.stream()
                .map(matrix -> memory.read(step.moment2.slots().get(matrix.index())))
                .map(segment -> segment.toArray(ValueLayout.JAVA_BYTE))
                .toList();
    }

    @Test
    void threadsMakeNoDifferenceToUpdates() {
        List<Map<Slot, float[]>> found = new ArrayList<>();
        for (int threads : new int[] {1, 3}) {
            try (Backend backend = open(threads)) {
                found.add(new UpdateProgram().threeSteps(backend));
            }
        }
        List<float[]> others = List.copyOf(found.getLast().values());
        assertThat(List.copyOf(found.getFirst().values()))
                .usingElementComparator(Arrays::compare)
                .isEqualTo(others);
    }

    /** The matrices of a block, in order. */
    private List<Matrix> matrices(Memory memory, Block block) {
        List<Matrix> all = new ArrayList<>();
        for (Muon.Matrix matrix : step.matrices) {
            float[] data = memory.read(block.slots().get(matrix.index())).toArray(FLOAT);
            int rows = step.muon().rows(matrix);
            int columns = step.muon().columns(matrix);
            for (int part = 0; part < matrix.parts(); part++) {
                all.add(Matrix.of(data, part * rows * columns, rows, columns));
            }
        }
        return all;
    }

    private static void assertClose(Matrix found, Matrix expected, double tolerance) {
        double largest = 0;
        for (int r = 0; r < found.height(); r++) {
            for (int c = 0; c < found.width(); c++) {
                double error = Math.abs(found.rows()[r][c] - expected.rows()[r][c]);
                largest = error <= largest ? largest : error;
            }
        }
        assertThat(largest)
                .as("%d x %d", found.height(), found.width())
                .isLessThanOrEqualTo(tolerance);
    }
}
