package gsdm.tensor.cpu.vector.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.cpu.vector.OpCase;
import gsdm.tensor.cpu.vector.VectorKernels;
import gsdm.tensor.program.Activation;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

class ActivationTest {
    @ParameterizedTest
    @EnumSource(Activation.Function.class)
    void valuesAndSlopes(Activation.Function function) {
        for (int columns : new int[] {1, 13, 64, 207}) {
            OpCase test = new OpCase(columns);
            Slot x = test.floats("x", 50, columns);
            Slot out = test.empty("out", 50, columns);
            test.check(1e-6, new Activation(function, x, out), out);
            Slot dOut = test.floats("dOut", 50, columns);
            Slot add = test.floats("add", 50, columns);
            Slot dX = test.empty("dX", 50, columns);
            test.check(1e-6, new Activation.Gradient(function, x, dOut, Slot.NONE, dX), dX);
            test.check(1e-6, new Activation.Gradient(function, x, dOut, add, dX), dX);
            test.check(1e-6, new Activation.Gradient(function, x, dOut, Slot.NONE, dOut), dOut);
        }
    }

    @Test
    void siluOfLargeNumbersKeepsItsLimits() {
        float[] values = {
            0f,
            -0f,
            20,
            -20,
            87,
            -87,
            88,
            -88,
            1000,
            -1000,
            3e38f,
            -3e38f,
            1e-40f,
            -5,
            Float.POSITIVE_INFINITY,
            Float.NaN
        };
        OpCase test = new OpCase(1);
        Slot x = test.given("x", values, values.length);
        Slot out = test.empty("out", values.length);
        float[] actual =
                test.run(
                                new VectorKernels(),
                                1,
                                List.of(new Activation(Activation.Function.SILU, x, out)),
                                List.of(out))[0];
        for (int i = 0; i < values.length; i++) {
            float expected = Activations.value(Activation.Function.SILU, values[i]);
            if (Float.isFinite(expected)) {
                assertThat(actual[i]).isCloseTo(expected, within(expected));
            } else {
                assertThat(actual[i]).isEqualTo(Float.valueOf(expected));
            }
        }
    }

    private static org.assertj.core.data.Offset<Float> within(float value) {
        return org.assertj.core.data.Offset.offset(1e-6f * Math.max(Math.abs(value), 1e-3f));
    }
}
