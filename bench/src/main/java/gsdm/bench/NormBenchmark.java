package gsdm.bench;

import gsdm.tensor.program.Norm;
import gsdm.tensor.program.Slot;

import org.openjdk.jmh.annotations.Param;

/** Layer norm (0 groups) and group norm, with and without SiLU, and their gradients. */
public class NormBenchmark extends OpBenchmark {
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

    @Param({"0", "32"})
    public int groups;

    @Override
    Timed timed(Operands operands) {
        Slot x = operands.floats(batch, nodes, channels);
        Slot out = operands.floats(batch, nodes, channels);
        Norm norm = operands.norm(x, out, groups, silu);
        if (!gradient) {
            return Timed.memory(norm);
        }
        Slot dX = operands.floats(batch, nodes, channels);
        Slot dGamma = operands.floats(channels);
        Slot dBeta = operands.floats(channels);
        return Timed.memory(new Norm.Gradient(norm, out, Slot.NONE, dX, dGamma, dBeta), norm);
    }
}
