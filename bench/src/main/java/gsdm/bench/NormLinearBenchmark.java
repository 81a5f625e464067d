package gsdm.bench;

import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;

import org.openjdk.jmh.annotations.Param;

/** A linear layer of normalised activations run as one op, and its gradient. */
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

    @Param("32")
    public int groups;

    @Override
    Timed timed(Operands operands) {
        Slot x = operands.floats(batch, nodes, channels);
        Slot gamma = operands.floats(channels);
        Slot beta = operands.floats(channels);
        Slot statistics = operands.floats(batch, groups, 2);
        Slot normed = operands.floats(batch, nodes, channels);
        Slot weight = operands.floats(channels, channels);
        Slot bias = operands.floats(channels);
        Slot out = operands.floats(batch, nodes, channels);
        Op.GroupNorm norm =
                new Op.GroupNorm(x, gamma, beta, groups, 1e-6f, silu, statistics, normed);
        Op.MatMul linear = new Op.MatMul(normed, weight, false, true, bias, Slot.NONE, out);
        Op.NormLinear layer = new Op.NormLinear(norm, linear);
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
        Op.NormLinearGradient backward =
                new Op.NormLinearGradient(
                        layer,
                        new Op.LinearGradient(out, normed, dWeight, dBias),
                        new Op.MatMul(out, weight, false, false, Slot.NONE, Slot.NONE, dNormed),
                        new Op.GroupNormGradient(norm, dNormed, Slot.NONE, dX, dGamma, dBeta));
        return Timed.arithmetic(backward, 2 * flops, layer);
    }
}
