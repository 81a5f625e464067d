package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.vector.OpCase;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class LayerNormTest {
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @CsvSource({
        "1, 1, 2, false",
        "1, 13, 64, true",
        "3, 207, 64, true",
        "2, 207, 13, true",
        "2, 130, 15, false",
        "1, 4098, 12, true",
        "4, 64, 128, false",
        "2, 61, 5, true"
    })
    void forwardAndBackward(int batch, int nodes, int channels, boolean silu) {
        for (boolean inPlace : new boolean[] {false, true}) {
            OpCase test = new OpCase(batch + nodes);
            Slot x = test.floats("x", batch, nodes, channels);
            Slot gamma = test.floats("gamma", channels);
            Slot beta = test.floats("beta", channels);
            Slot out = test.empty("out", batch, nodes, channels);
            Slot dOut = test.floats("dOut", batch, nodes, channels);
            Slot dX = test.floats("dX", batch, nodes, channels);
            Slot dGamma = test.empty("dGamma", channels);
            Slot dBeta = test.empty("dBeta", channels);
            LayerNorm norm = new LayerNorm(x, gamma, beta, 1e-2f, silu, out);
            Slot add = inPlace ? dX : Slot.NONE;
            Op gradient = new Norm.Gradient(norm, dOut, add, dX, dGamma, dBeta);
            test.check(TOLERANCE, List.of(norm, gradient), out, dX, dGamma, dBeta);
        }
    }

    @Test
    void aMeanFarAboveTheDeviationIsNoTrouble() {
        OpCase test = new OpCase(5);
        float[] values = new float[100 * 11];
        for (int i = 0; i < values.length; i++) {
            values[i] = 4000 + (float) test.random().nextGaussian();
        }
        Slot x = test.given("x", values, 1, 100, 11);
        Slot gamma = test.floats("gamma", 11);
        Slot beta = test.floats("beta", 11);
        Slot out = test.empty("out", 1, 100, 11);
        // The sum of a row is a multiple of 3.9e-3, its mean is known to an eleventh of that.
        test.check(4e-4, new LayerNorm(x, gamma, beta, 1e-6f, false, out), out);
    }
}
