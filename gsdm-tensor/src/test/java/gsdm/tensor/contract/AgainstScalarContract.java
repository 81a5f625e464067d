package gsdm.tensor.contract;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.Map;

/** What a backend other than the reference has to compute: besides, every gradient entry. */
public abstract class AgainstScalarContract extends OpContract {

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsMatchTheScalarBackend(Programs.Case test) {
        TestProgram program = test.compose();
        program.differentiate();
        requireGradients(program, run(program, 2));
    }

    /**
     * Fails unless every gradient is that of the scalar backend.
     *
     * @param program ends with the gradients of its parameters
     * @param found what it gave
     */
    public static void requireGradients(TestProgram program, Map<Slot, float[]> found) {
        Map<Slot, float[]> expected;
        try (Backend scalar = Backends.open("scalar", 2)) {
            expected = program.run(scalar, program.extents());
        }
        double largest = 0;
        for (Slot parameter : program.parameters()) {
            largest = Math.max(largest, largest(gradient(program, expected, parameter)));
        }
        for (Slot parameter : program.parameters()) {
            float[] wanted = gradient(program, expected, parameter);
            double[] wide = new double[wanted.length];
            Arrays.setAll(wide, i -> wanted[i]);
            double scale = Math.max(largest(wanted), 1e-4 * largest);
            float[] gradient = gradient(program, found, parameter);
            assertClose(parameter.name(), gradient, wide, scale, 1e-4);
        }
    }
}
