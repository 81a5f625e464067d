package gsdm.bench;

import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.Slot;

import org.openjdk.jmh.annotations.Param;

/** Group norm, with and without SiLU, and its gradient. */
public class GroupNormBenchmark extends OpBenchmark {
    @Param({"false", "true"})
    public boolean gradient;

    @Param({"false", "true"})
    public boolean silu;

    @Param("4")
    public int batch;

    @Param("3136")
    public int nodes;

    @Param("64")
    public int channels;

    @Param("32")
    public int groups;

    @Override
    Timed timed(Operands operands) {
        Slot x = operands.floats(batch, nodes, channels);
        Slot gamma = operands.floats(channels);
        Slot beta = operands.floats(channels);
        Slot statistics = operands.floats(batch, groups, 2);
        Slot out = operands.floats(batch, nodes, channels);
        GroupNorm norm = new GroupNorm(x, gamma, beta, groups, 1e-6f, silu, statistics, out);
        if (!gradient) {
            return Timed.memory(norm);
        }
        Slot dX = operands.floats(batch, nodes, channels);
        Slot dGamma = operands.floats(channels);
        Slot dBeta = operands.floats(channels);
        return Timed.memory(new GroupNorm.Gradient(norm, out, Slot.NONE, dX, dGamma, dBeta), norm);
    }
}
