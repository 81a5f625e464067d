package gsdm.bench;

import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.NormLinear;
import gsdm.tensor.program.Slot;

import org.openjdk.jmh.annotations.Param;

/** A linear layer of what a layer norm (0 groups) or a group norm gives, and its gradient. */
public class NormLinearBenchmark extends OpBenchmark {
    @Param({"false", "true"})
    public boolean gradient;

    @Param({"false", "true"})
    public boolean silu;

    @Param("4")
    public int batch;

    @Param("3136")
    public int nodes;

    @Param({"64", "128"})
    public int channels;

    @Param({"0", "32"})
    public int groups;

    @Override
    Timed timed(Operands operands) {
        Slot x = operands.floats(batch, nodes, channels);
        Slot normed = operands.floats(batch, nodes, channels);
        Slot weight = operands.floats(channels, channels);
        Slot bias = operands.floats(channels);
        Slot out = operands.floats(batch, nodes, channels);
        Norm norm = operands.norm(x, normed, groups, silu);
        MatMul linear = new MatMul(normed, weight, false, true, bias, Slot.NONE, out);
        NormLinear layer = new NormLinear(norm, linear);
        double flops = 2.0 * batch * nodes * channels * channels;
        if (!gradient) {
            return Timed.arithmetic(layer, flops);
        }
        Slot dNormed = operands.floats(batch, nodes, channels);
        Slot dX = operands.floats(batch, nodes, channels);
        Slot dGamma = operands.floats(channels);
        Slot dBeta = operands.floats(channels);
        Slot dWeight = operands.floats(channels, channels);
        Slot dBias = operands.floats(channels);
        NormLinear.Gradient backward =
                new NormLinear.Gradient(
                        layer,
                        new MatMul.LinearGradient(out, normed, dWeight, dBias),
                        new MatMul(out, weight, false, false, Slot.NONE, Slot.NONE, dNormed),
                        new Norm.Gradient(norm, dNormed, Slot.NONE, dX, dGamma, dBeta));
        return Timed.arithmetic(backward, 2 * flops, layer);
    }
}
