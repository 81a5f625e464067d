package gsdm.tensor.cpu.vector.norm;

import gsdm.tensor.cpu.vector.OpCase;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.NormLinear;
import gsdm.tensor.program.Slot;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

/** The fused kernels beside the parts, which the scalar backend runs; 0 groups: a layer norm. */
class NormLinearTest {
    private static final double TOLERANCE = 2e-5;

    @ParameterizedTest
    @CsvSource({
        "1, 1, 8, 2, 3, true",
        "1, 59, 64, 32, 64, true",
        "1, 61, 64, 32, 64, false",
        "3, 207, 64, 32, 192, true",
        "2, 130, 15, 5, 7, true",
        "2, 130, 15, 5, 37, false",
        "7, 301, 12, 4, 20, true",
        "1, 4098, 12, 4, 12, true",
        "4, 64, 128, 32, 128, true",
        "1, 1, 8, 0, 3, true",
        "1, 59, 64, 0, 64, true",
        "1, 61, 64, 0, 64, false",
        "3, 207, 64, 0, 192, true",
        "2, 130, 15, 0, 7, true",
        "7, 301, 12, 0, 20, false",
        "1, 4098, 4, 0, 12, true"
    })
    void forwardAndBackward(
            int batch, int nodes, int channels, int groups, int outputs, boolean silu) {
        for (boolean inPlace : new boolean[] {false, true}) {
            OpCase test = new OpCase(batch + nodes);
            Slot x = test.floats("x", batch, nodes, channels);
            Slot gamma = test.floats("gamma", channels);
            Slot beta = test.floats("beta", channels);
            Slot normed = test.empty("normed", batch, nodes, channels);
            Slot weight = test.floats("weight", outputs, channels);
            Slot bias = test.floats("bias", outputs);
            Slot out = test.floats("out", batch, nodes, outputs);
            Slot statistics = test.empty("statistics", batch, Math.max(groups, 1), 2);
            Norm norm =
                    groups == 0
                            ? new LayerNorm(x, gamma, beta, 1e-2f, silu, normed)
                            : new GroupNorm(
                                    x, gamma, beta, groups, 1e-2f, silu, statistics, normed);
            Slot added = inPlace ? out : Slot.NONE;
            NormLinear layer =
                    new NormLinear(norm, new MatMul(normed, weight, false, true, bias, added, out));

            Slot dOut = test.floats("dOut", batch, nodes, outputs);
            Slot dWeight = test.empty("dWeight", outputs, channels);
            Slot dBias = test.empty("dBias", outputs);
            Slot dNormed = test.empty("dNormed", batch, nodes, channels);
            Slot dX = test.floats("dX", batch, nodes, channels);
            Slot dGamma = test.empty("dGamma", channels);
            Slot dBeta = test.empty("dBeta", channels);
            Slot add = inPlace ? dX : Slot.NONE;
            NormLinear.Gradient gradient =
                    new NormLinear.Gradient(
                            layer,
                            new MatMul.LinearGradient(dOut, normed, dWeight, dBias),
                            new MatMul(dOut, weight, false, false, Slot.NONE, Slot.NONE, dNormed),
                            new Norm.Gradient(norm, dNormed, add, dX, dGamma, dBeta));
            test.check(TOLERANCE, List.of(layer, gradient), out, dWeight, dBias, dX, dGamma, dBeta);
        }
    }
}
