package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.vector.OpCase;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class GroupNormTest {
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @CsvSource({
        "1, 1, 2, 1, false",
        "1, 13, 64, 32, true",
        "3, 207, 64, 32, true",
        "2, 207, 13, 1, true",
        "2, 130, 15, 5, false",
        "1, 4098, 12, 4, true",
        "4, 64, 128, 32, false"
    })
    void forwardAndBackward(int batch, int nodes, int channels, int groups, boolean silu) {
        for (boolean inPlace : new boolean[] {false, true}) {
            OpCase test = new OpCase(batch + nodes);
            Slot x = test.floats("x", batch, nodes, channels);
            Slot gamma = test.floats("gamma", channels);
            Slot beta = test.floats("beta", channels);
            Slot statistics = test.empty("statistics", batch, groups, 2);
            Slot out = test.empty("out", batch, nodes, channels);
            Slot dOut = test.floats("dOut", batch, nodes, channels);
            Slot dX = test.floats("dX", batch, nodes, channels);
            Slot dGamma = test.empty("dGamma", channels);
            Slot dBeta = test.empty("dBeta", channels);
            GroupNorm norm = new GroupNorm(x, gamma, beta, groups, 1e-2f, silu, statistics, out);
            Slot add = inPlace ? dX : Slot.NONE;
            Op gradient = new Norm.Gradient(norm, dOut, add, dX, dGamma, dBeta);
            test.check(TOLERANCE, List.of(norm, gradient), statistics, out, dX, dGamma, dBeta);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 4098", "2, 100"})
    void aMeanFarAboveTheDeviationIsNoTrouble(int batch, int nodes) {
        OpCase test = new OpCase(5);
        float[] values = new float[batch * nodes * 8];
        for (int i = 0; i < values.length; i++) {
            values[i] = 4000 + (float) test.random().nextGaussian();
        }
        Slot x = test.given("x", values, batch, nodes, 8);
        Slot gamma = test.floats("gamma", 8);
        Slot beta = test.floats("beta", 8);
        Slot statistics = test.empty("statistics", batch, 4, 2);
        Slot out = test.empty("out", batch, nodes, 8);
        // A float near 4000 is a multiple of 2.4e-4: the mean itself is known no better.
        test.check(2e-4, new GroupNorm(x, gamma, beta, 4, 1e-6f, false, statistics, out), out);
    }
}
