package gsdm.nn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gsdm.nn.TestModels;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;
import gsdm.tensor.random.RandomStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

class ParameterisationTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int[] TIMES = {0, 13, 500, 999};
    private static final int VALUES = 5;

    /** Whoever predicts the target itself finds the clean value. */
    @ParameterizedTest
    @EnumSource(Parameterisation.class)
    void theCleanValueOfTheTargetIsTheCleanValue(Parameterisation parameterisation) {
        Dim batch = Dim.of(TIMES.length);
        Dim values = Dim.of(VALUES);
        Block block = new Block("values", Block.Role.INPUT);
        Slot clean = block.floats("clean", batch, values);
        Slot noise = block.floats("noise", batch, values);
        Slot noised = block.floats("noised", batch, values);
        Slot toTarget = block.floats("target coefficients", batch, Dim.of(2));
        Slot toClean = block.floats("clean coefficients", batch, Dim.of(2));
        Slot found = block.floats("found", batch, values);
        ProgramBuilder program = new ProgramBuilder("there and back");
        List<NodeKind> kinds = List.of(new NodeKind(Dim.of(2), 1), new NodeKind(Dim.of(1), 3));
        Slot target = parameterisation.target(program, clean, noise, toTarget, kinds);
        program.keep(parameterisation.clean(program, target, noised, toClean, kinds), found);
        try (Backend backend = Backends.open("scalar", 1);
                Memory memory = backend.allocate(Extents.NONE, List.of(block));
                Executable executable = backend.compile(program.build(), memory, Extents.NONE)) {
            MemorySegment x0 = memory.write(clean);
            MemorySegment e = memory.write(noise);
            RandomStream.fillNormal(1, 0, x0, 0, TIMES.length * VALUES);
            RandomStream.fillNormal(2, 0, e, 0, TIMES.length * VALUES);
            NoiseSchedule schedule = NoiseSchedule.standard();
            for (int b = 0; b < TIMES.length; b++) {
                double signal = schedule.signal(TIMES[b]);
                double level = schedule.level(TIMES[b]);
                for (long i = (long) b * VALUES; i < (b + 1L) * VALUES; i++) {
                    double x = signal * x0.getAtIndex(FLOAT, i) + level * e.getAtIndex(FLOAT, i);
                    memory.write(noised).setAtIndex(FLOAT, i, (float) x);
                }
                parameterisation.writeTarget(signal, level, memory.write(toTarget), b);
                parameterisation.writeClean(signal, level, memory.write(toClean), b);
            }
            executable.run();
            // Little is left of the signal at the end, and single precision tells of it.
            assertThat(memory.read(found).toArray(FLOAT))
                    .containsExactly(memory.read(clean).toArray(FLOAT), within(1e-4f));
        }
    }

    /** Another clean value of the same noised one has another noise. */
    @ParameterizedTest
    @EnumSource(Parameterisation.class)
    void aRefinedTargetIsThatOfTheOtherCleanValue(Parameterisation parameterisation) {
        Dim batch = Dim.of(TIMES.length);
        Dim values = Dim.of(VALUES);
        Block block = new Block("values", Block.Role.INPUT);
        Slot clean = block.floats("clean", batch, values);
        Slot noise = block.floats("noise", batch, values);
        Slot refined = block.floats("refined", batch, values);
        Slot other = block.floats("other", batch, values);
        Slot otherNoise = block.floats("other noise", batch, values);
        Slot toTarget = block.floats("target coefficients", batch, Dim.of(2));
        Slot toRefined = block.floats("refined coefficients", batch, Dim.of(3));
        Slot expected = block.floats("expected", batch, values);
        Slot found = block.floats("found", batch, values);
        ProgramBuilder program = new ProgramBuilder("refined");
        List<NodeKind> kinds = List.of(new NodeKind(Dim.of(2), 1), new NodeKind(Dim.of(1), 3));
        program.keep(
                parameterisation.target(program, other, otherNoise, toTarget, kinds), expected);
        program.keep(
                parameterisation.refinedTarget(program, clean, noise, refined, toRefined, kinds),
                found);
        try (Backend backend = Backends.open("scalar", 1);
                Memory memory = backend.allocate(Extents.NONE, List.of(block));
                Executable executable = backend.compile(program.build(), memory, Extents.NONE)) {
            MemorySegment x = memory.write(clean);
            MemorySegment e = memory.write(noise);
            MemorySegment shift = memory.write(refined);
            RandomStream.fillNormal(1, 0, x, 0, TIMES.length * VALUES);
            RandomStream.fillNormal(2, 0, e, 0, TIMES.length * VALUES);
            RandomStream.fillNormal(3, 0, shift, 0, TIMES.length * VALUES);
            NoiseSchedule schedule = NoiseSchedule.standard();
            for (int b = 0; b < TIMES.length; b++) {
                double signal = schedule.signal(TIMES[b]);
                double level = schedule.level(TIMES[b]);
                for (int v = 0; v < VALUES; v++) {
                    long i = (long) b * VALUES + v;
                    boolean discrete = v >= 2;
                    double by = shift.getAtIndex(FLOAT, i);
                    double moved = discrete ? by : x.getAtIndex(FLOAT, i) + by;
                    double left = e.getAtIndex(FLOAT, i) - signal / level * by;
                    memory.write(other).setAtIndex(FLOAT, i, (float) moved);
                    memory.write(otherNoise).setAtIndex(FLOAT, i, (float) left);
                }
                parameterisation.writeTarget(signal, level, memory.write(toTarget), b);
                parameterisation.writeRefinedTarget(signal, level, memory.write(toRefined), b);
            }
            executable.run();
            float[] targets = memory.read(expected).toArray(FLOAT);
            float[] refinedTargets = memory.read(found).toArray(FLOAT);
            for (int i = 0; i < targets.length; i++) {
                // Where there is little noise a target is a large number.
                assertThat(refinedTargets[i])
                        .as("value %d", i)
                        .isCloseTo(targets[i], within(1e-4f * (1 + Math.abs(targets[i]))));
            }
        }
    }

    @Test
    void whereNothingIsLeftOfAValueItIsPredictedItself() {
        NoiseSchedule none = NoiseSchedule.none();
        assertThat(none.steps()).isEqualTo(1);
        assertThat(none.signal(0)).isZero();
        assertThat(none.level(0)).isZero();
        assertThat(none.start()).isZero();
        assertThat(ReverseStep.of(none, 0, -1, 0)).isEqualTo(new ReverseStep(1, 0, 0, 0, 0, 0));
        assertThat(ReverseStep.of(none, 0, -1, 1)).isEqualTo(new ReverseStep(1, 0, 0, 0, 0, 0));
        assertThatThrownBy(() -> TestModels.diffusion(none, Parameterisation.V))
                .hasMessageContaining("the clean value itself is predicted; found V");
    }
}
