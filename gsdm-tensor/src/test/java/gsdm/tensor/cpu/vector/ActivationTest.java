package gsdm.tensor.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;

import jdk.incubator.vector.FloatVector;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationTest {
    @ParameterizedTest
    @EnumSource(Op.Function.class)
    void valuesAndSlopes(Op.Function function) {
        for (int columns : new int[] {1, 13, 64, 207}) {
            OpCase test = new OpCase(columns);
            Slot x = test.floats("x", 50, columns);
            Slot out = test.empty("out", 50, columns);
            test.check(1e-6, new Op.Activation(function, x, out), out);
            Slot dOut = test.floats("dOut", 50, columns);
            Slot add = test.floats("add", 50, columns);
            Slot dX = test.empty("dX", 50, columns);
            test.check(1e-6, new Op.ActivationGradient(function, x, dOut, Slot.NONE, dX), dX);
            test.check(1e-6, new Op.ActivationGradient(function, x, dOut, add, dX), dX);
            test.check(1e-6, new Op.ActivationGradient(function, x, dOut, Slot.NONE, dOut), dOut);
        }
    }

    @Test
    void siluOfLargeNumbersKeepsItsLimits() {
        float[] values = {0f, -0f, 20, -20, 88, -88, 1000, -1000, 3e38f, Float.POSITIVE_INFINITY};
        for (float value : values) {
            FloatVector x = FloatVector.broadcast(Lanes.SPECIES, value);
            float expected = Activations.value(Op.Function.SILU, value);
            assertThat(Activations.silu(x).lane(0)).isCloseTo(expected, within(expected));
            float slope = Activations.slope(Op.Function.SILU, value);
            if (Float.isFinite(value)) {
                assertThat(Activations.siluSlope(x).lane(0)).isCloseTo(slope, within(slope));
            }
        }
        FloatVector nan = FloatVector.broadcast(Lanes.SPECIES, Float.NaN);
        assertThat(Activations.silu(nan).lane(0)).isNaN();
    }

    private static org.assertj.core.data.Offset<Float> within(float value) {
        return org.assertj.core.data.Offset.offset(1e-6f * Math.max(Math.abs(value), 1e-3f));
    }
}
