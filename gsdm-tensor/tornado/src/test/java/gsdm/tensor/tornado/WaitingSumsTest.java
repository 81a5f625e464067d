package gsdm.tensor.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.backend.Memory;
import gsdm.tensor.program.Block;
import gsdm.tensor.program.Block.Role;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.ProgramBuilder;
import gsdm.tensor.program.Slot;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;

/** Sums that are put together late are there when something reads them. */
@Tag("gpu")
class WaitingSumsTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final Dim N = Dim.named("N", 0);

    /** More than a tile of a product has. */
    private static final int INPUTS = 67;

    private static final int OUTPUTS = 70;
    private static final Dim K = Dim.of(INPUTS);
    private static final Dim L = Dim.of(OUTPUTS);
    private static final int ROWS = 2500;
    private static final Extents RESERVE = Extents.NONE.with(N, ROWS);

    private final Block inputs = new Block("inputs", Role.INPUT);
    private final Block gradients = new Block("gradients", Role.RESULT);
    private final Block others = new Block("others", Role.RESULT);
    private final Slot x = inputs.floats("x", N, K);
    private final Slot dOut = inputs.floats("dOut", N, L);
    private final Slot dWeight = gradients.floats("dWeight", L, K);
    private final Slot dBias = others.floats("dBias", L);
    private final Slot twice = others.floats("twice", L, K);
    private final Slot state = others.floats("state", Dim.of(StepState.SIZE));
    private final Backend device = TestDevice.open(1);
    private final Memory memory = device.allocate(RESERVE, List.of(inputs, gradients, others));

    @AfterEach
    void close() {
        memory.close();
        device.close();
    }

    @Test
    void anOpThatReadsThem() {
        afterwards(builder -> builder.keep(builder.add(dWeight, dWeight), twice));
        for (int l = 0; l < OUTPUTS; l++) {
            assertThat(at(dBias, l)).isEqualTo(ofOutput(l));
            for (int k = 0; k < INPUTS; k++) {
                assertThat(at(twice, l * INPUTS + k)).isEqualTo(2 * ofInput(k) * ofOutput(l));
            }
        }
    }

    @Test
    void anOpThatReadsTheirBlock() {
        afterwards(builder -> builder.append(new SquaredNorm(gradients, Slot.NONE, state)));
        double expected = 0;
        for (int l = 0; l < OUTPUTS; l++) {
            for (int k = 0; k < INPUTS; k++) {
                expected += Math.pow(ofInput(k) * ofOutput(l), 2);
            }
        }
        assertThat((double) at(state, StepState.SQUARED_NORM))
                .isCloseTo(expected, withinPercentage(0.001));
        assertThat(at(dBias, OUTPUTS - 1)).isEqualTo(ofOutput(OUTPUTS - 1));
    }

    /** Of every row. */
    private static float ofInput(int k) {
        return k % 7 - 3;
    }

    /** The sum of the gradients of rows: of the first output 0 to 4 over and over, else −1. */
    private static float ofOutput(int l) {
        return l == 0 ? 2 * ROWS : -ROWS;
    }

    private void afterwards(Consumer<ProgramBuilder> more) {
        ProgramBuilder builder = new ProgramBuilder("late");
        builder.append(new MatMul.LinearGradient(dOut, x, dWeight, dBias));
        more.accept(builder);
        MemorySegment rows = memory.map(x);
        MemorySegment ofRows = memory.map(dOut);
        for (int row = 0; row < ROWS; row++) {
            for (int k = 0; k < INPUTS; k++) {
                rows.setAtIndex(FLOAT, (long) INPUTS * row + k, ofInput(k));
            }
            for (int l = 0; l < OUTPUTS; l++) {
                ofRows.setAtIndex(FLOAT, (long) OUTPUTS * row + l, l == 0 ? row % 5 : -1);
            }
        }
        try (Executable program = device.compile(builder.build(), memory, RESERVE)) {
            program.run(ROWS);
        }
    }

    private float at(Slot slot, int index) {
        return memory.read(slot).getAtIndex(FLOAT, index);
    }
}
