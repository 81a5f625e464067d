package gsdm.tensor.cpu;

import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.Executable;
import gsdm.tensor.contract.OpContract;
import gsdm.tensor.contract.Programs;
import gsdm.tensor.contract.TestProgram;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The reference: besides the contract, its gradients are differences in double precision. */
class ScalarOpTest extends OpContract {
    /** Entries of a parameter that are moved one at a time. */
    private static final int PROBES = 12;

    @Override
    protected Backend open(int threads) {
        return Backends.open("scalar", threads);
    }

    @Override
    protected void poison(Executable executable) {
        ((CpuExecutable) executable).poison();
    }

    static List<Programs.Case> smallCases() {
        return Programs.small();
    }

    @ParameterizedTest
    @MethodSource("smallCases")
    void gradientsMatchDifferences(Programs.Case test) {
        TestProgram program = test.compose();
        program.differentiate();
        Map<Slot, float[]> found = run(program, 2);
        double largest = 0;
        for (Slot parameter : program.parameters()) {
            largest = Math.max(largest, largest(gradient(program, found, parameter)));
        }
        for (Slot parameter : program.parameters()) {
            float[] gradient = gradient(program, found, parameter);
            List<double[]> directions = directions(gradient.length);
            double[] expected = new double[directions.size()];
            float[] slopes = new float[directions.size()];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = program.slope(parameter, directions.get(i));
                slopes[i] = (float) dot(gradient, directions.get(i));
            }
            double scale = Math.max(largest(gradient), 1e-4 * largest);
            assertClose(test + ": " + parameter.name(), slopes, expected, scale, 3e-4);
        }
    }

    /** All entries of a short vector; of a long one some, and two random mixtures. */
    private static List<double[]> directions(int length) {
        SplittableRandom random = new SplittableRandom(length);
        List<double[]> directions = new ArrayList<>();
        for (int i = 0; i < Math.min(length, PROBES); i++) {
            double[] one = new double[length];
            one[length <= PROBES ? i : random.nextInt(length)] = 1;
            directions.add(one);
        }
        for (int i = 0; i < 2; i++) {
            double[] mixture = new double[length];
            Arrays.setAll(mixture, j -> random.nextGaussian() / Math.sqrt(length));
            directions.add(mixture);
        }
        return directions;
    }

    private static double dot(float[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += b[i] == 0 ? 0 : a[i] * b[i];
        }
        return sum;
    }
}
