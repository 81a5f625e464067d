package gsdm.tensor.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Activation;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What every backend has to compute: values to those of double precision, the same bits for any
 * number of threads and any reserve, nothing changed but what ops say they write, and no index
 * followed that leads outside. One subclass for each backend; it may add cases at sizes where that
 * backend's loops have corners.
 */
public abstract class OpContract extends BackendContract {
    /** The programs of every test; a subclass may have others. */
    protected static List<Programs.Case> cases() {
        return Programs.all();
    }

    /** Runs once on so many threads, planned for exactly the sizes of the run. */
    protected final Map<Slot, float[]> run(TestProgram program, int threads) {
        return run(program, threads, program.extents());
    }

    /** Runs once on so many threads, planned for these sizes. */
    protected final Map<Slot, float[]> run(TestProgram program, int threads, Extents reserve) {
        try (Backend device = open(threads)) {
            return program.run(device, reserve, this::poison);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void forwardMatchesDoublePrecision(Programs.Case test) {
        TestProgram program = test.compose();
        program.keepAll();
        requireForward(program, run(program, 2));
    }

    /**
     * Fails unless every temporary is what it is in double precision.
     *
     * @param program ends with {@linkplain TestProgram#keepAll copies} of them
     * @param found what it gave
     */
    public static void requireForward(TestProgram program, Map<Slot, float[]> found) {
        DoubleReference expected = program.reference();
        program.kept()
                .forEach((slot, copy) ->
                        assertClose(
                                slot.name(),
                                found.get(copy),
                                expected.value(slot),
                                largest(expected.value(slot)),
                                1e-5));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void threadsAndReserveDoNotMatter(Programs.Case test) {
        TestProgram program = test.compose();
        program.differentiate();
        Map<Slot, float[]> expected = run(program, 1);
        assertSameBits("2 threads", run(program, 2), expected);
        assertSameBits("5 threads", run(program, 5), expected);
        assertSameBits("reserve", run(program, 2, program.larger()), expected);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theDeviceChangesOutputsAlone(Programs.Case test) {
        TestProgram program = test.compose();
        program.differentiate();
        try (Backend device = open(2)) {
            program.runAndLook(device, program.larger());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void emittedAgainOnOtherSlotsOpsGiveTheSameBits(Programs.Case test) {
        TestProgram program = test.compose();
        program.differentiate();
        Map<Slot, Slot> again = program.emitAgain();
        Map<Slot, float[]> found = run(program, 2);
        assertThat(again).isNotEmpty();
        again.forEach((slot, twin) ->
                assertThat(Arrays.equals(found.get(twin), found.get(slot)))
                        .as("%s and %s", slot, twin)
                        .isTrue());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsOfWhatIsComputedAgainAreTheSameBits(Programs.Case test) {
        TestProgram kept = test.compose();
        kept.differentiate();
        TestProgram again = test.compose();
        again.differentiate(true);
        Map<Slot, float[]> expected = run(kept, 2);
        Map<Slot, float[]> found = run(again, 2);
        for (int i = 0; i < kept.parameters().size(); i++) {
            Slot parameter = kept.parameters().get(i);
            float[] gradient = gradient(again, found, again.parameters().get(i));
            assertThat(Arrays.equals(gradient, gradient(kept, expected, parameter)))
                    .as("the gradient of %s", parameter)
                    .isTrue();
        }
    }

    /** The same, beside programs of the same ops at larger sizes. */
    protected static List<Programs.Pair> pairs() {
        return Programs.pairs();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void anExecutableRunsAtSeveralSizes(Programs.Pair test) {
        TestProgram large = test.large().compose();
        TestProgram small = test.small().compose();
        large.differentiate();
        small.differentiate();
        List<Map<Slot, float[]>> found;
        try (Backend device = open(2)) {
            found = large.runAll(device, List.of(large, small, large));
        }
        Map<Slot, float[]> expected = run(large, 2);
        assertSameBits("runs", found.get(0), expected);
        assertSameBits("runs at larger sizes", found.get(1), run(small, 2));
        assertSameBits("runs at smaller sizes", found.get(2), expected);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void writtenOverAnInputOutputsAreTheSameBits(Programs.Case test) {
        TestProgram program = test.compose();
        program.differentiate();
        Map<Slot, Slot> over = program.writeOverInputs();
        Map<Slot, float[]> found = run(program, 2);
        over.forEach((apart, both) ->
                assertThat(Arrays.equals(found.get(both), found.get(apart)))
                        .as("%s and %s", both, apart)
                        .isTrue());
    }

    /** Programs that follow integers in memory. */
    protected static List<Programs.Case> following() {
        return Programs.following();
    }

    @ParameterizedTest
    @MethodSource("following")
    void anIndexOutOfRangeIsRefusedByNameAndNothingIsWritten(Programs.Case test) {
        TestProgram program = test.compose();
        program.differentiate();
        try (Backend device = open(2)) {
            program.runSpoilt(
                    device,
                    (slot, run) ->
                            assertThatThrownBy(run::run)
                                    .isInstanceOf(IllegalArgumentException.class)
                                    .hasMessageContaining(slot.toString())
                                    .hasMessageContaining("must lie in [0, "));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Attention.Neighbours.class,
            names = {"SPARSE", "PADDED"})
    void aRowLongerThanTheDegreeIsRefused(Attention.Neighbours how) {
        TestProgram program = Programs.stack("", 1, 300, 32, how).compose();
        Extents sizes = program.extents();
        Extents small = sizes.with(program.dim("degree"), 1);
        try (Backend device = open(1);
                Memory memory = program.memory(device, sizes);
                Executable executable = device.compile(program.program(), memory, small)) {
            assertThatThrownBy(() -> executable.run(small.toArray()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at most 1 entries (degree)");
        }
    }

    @Test
    void aParameterThatNoLossNeedsKeepsItsGradientSlot() {
        TestProgram program = new TestProgram(3);
        Dim n = program.dim("N", 13);
        Slot used = program.parameter("used", 1, n, Dim.of(5));
        Slot unused = program.parameter("unused", 1, n, Dim.of(5));
        program.builder.activation(Activation.Function.RELU, unused);
        program.squaredError(program.builder.activation(Activation.Function.SILU, used));
        program.differentiate();
        Map<Slot, float[]> found = run(program, 2);
        assertThat(gradient(program, found, unused)).containsOnly(TestProgram.UNTOUCHED);
        assertThat(gradient(program, found, used)).doesNotContain(TestProgram.UNTOUCHED);
    }

    /** What a run found for the gradient of a parameter. */
    protected static float[] gradient(
            TestProgram program, Map<Slot, float[]> found, Slot parameter) {
        return found.get(program.gradientOf(parameter));
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).filter(Double::isFinite).max().orElse(0);
    }

    /** The largest absolute value of those that are finite. */
    protected static double largest(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return largest(wide);
    }

    /** Fails unless all are within a tolerance of what is expected, in shares of the scale. */
    protected static void assertClose(
            String what, float[] found, double[] expected, double scale, double tolerance) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            boolean same = found[i] == expected[i]; // infinities
            assertThat(same || Math.abs(found[i] - expected[i]) <= tolerance * scale + 1e-12)
                    .as("%s[%d]: %s, expected %s", what, i, found[i], expected[i])
                    .isTrue();
        }
    }

    private static void assertSameBits(
            String what, Map<Slot, float[]> found, Map<Slot, float[]> expected) {
        expected.forEach((slot, values) ->
                assertThat(Arrays.equals(found.get(slot), values))
                        .as("%s with another number of %s", slot, what)
                        .isTrue());
    }
}
