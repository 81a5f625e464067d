package gsdm.nn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

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
        double clean = 0.8;
        double noise = -1.3;
        double shift = 0.4;
        MemorySegment of = MemorySegment.ofArray(new float[2]);
        MemorySegment ofRefined = MemorySegment.ofArray(new float[3]);
        for (int t : TIMES) {
            double signal = NoiseSchedule.standard().signal(t);
            double level = NoiseSchedule.standard().level(t);
            parameterisation.writeTarget(signal, level, of, 0);
            parameterisation.writeRefinedTarget(signal, level, ofRefined, 0);
            double expected =
                    of.getAtIndex(FLOAT, 0) * (clean + shift)
                            + of.getAtIndex(FLOAT, 1) * (noise - signal / level * shift);
            double found =
                    ofRefined.getAtIndex(FLOAT, 0) * clean
                            + ofRefined.getAtIndex(FLOAT, 1) * noise
                            + ofRefined.getAtIndex(FLOAT, 2) * shift;
            assertThat(found).as("at %d", t).isCloseTo(expected, withinPercentage(1e-3));
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
