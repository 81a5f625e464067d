package gsdm.tensor.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;

/** Sums that are put together late are there when something reads them. */
@Tag("gpu")
class WaitingSumsTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final Dim N = Dim.named("N", 0);
    private static final Dim TWO = Dim.of(2);
    private static final Dim THREE = Dim.of(3);
    private static final int ROWS = 2500;
    private static final Extents RESERVE = Extents.NONE.with(N, ROWS);

    private final Block inputs = new Block("inputs", Role.INPUT);
    private final Block gradients = new Block("gradients", Role.RESULT);
    private final Block others = new Block("others", Role.RESULT);
    private final Slot x = inputs.floats("x", N, THREE);
    private final Slot dOut = inputs.floats("dOut", N, TWO);
    private final Slot dWeight = gradients.floats("dWeight", TWO, THREE);
    private final Slot dBias = gradients.floats("dBias", TWO);
    private final Slot twice = others.floats("twice", TWO, THREE);
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
        for (int k = 0; k < 3; k++) {
            assertThat(at(twice, k)).isEqualTo(2 * 2 * ROWS * (k + 1f));
            assertThat(at(twice, 3 + k)).isEqualTo(-2 * ROWS * (k + 1f));
        }
        assertThat(at(dBias, 0)).isEqualTo(2f * ROWS);
        assertThat(at(dBias, 1)).isEqualTo(-ROWS);
    }

    @Test
    void anOpThatReadsTheirBlock() {
        afterwards(builder -> builder.append(new SquaredNorm(gradients, Slot.NONE, state)));
        float expected = 5f * ROWS * ROWS * (1 + 4 + 9 + 1);
        assertThat(at(state, StepState.SQUARED_NORM)).isCloseTo(expected, within(1e-5f * expected));
    }

    /** Of rows (1, 2, 3), gradients 0 to 4 over and over, and −1. */
    private void afterwards(Consumer<ProgramBuilder> more) {
        ProgramBuilder builder = new ProgramBuilder("late");
        builder.append(new MatMul.LinearGradient(dOut, x, dWeight, dBias));
        more.accept(builder);
        for (int row = 0; row < ROWS; row++) {
            for (int k = 0; k < 3; k++) {
                memory.map(x).setAtIndex(FLOAT, 3L * row + k, k + 1);
            }
            memory.map(dOut).setAtIndex(FLOAT, 2L * row, row % 5);
            memory.map(dOut).setAtIndex(FLOAT, 2L * row + 1, -1);
        }
        try (Executable program = device.compile(builder.build(), memory, RESERVE)) {
            program.run(ROWS);
        }
    }

    private float at(Slot slot, int index) {
        return memory.read(slot).getAtIndex(FLOAT, index);
    }
}
