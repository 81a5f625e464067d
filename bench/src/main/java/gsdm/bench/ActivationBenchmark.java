package gsdm.bench;

import gsdm.tensor.program.Activation;
import gsdm.tensor.program.Slot;

import org.openjdk.jmh.annotations.Param;

/** Functions of one number, and their gradients. */
public class ActivationBenchmark extends OpBenchmark {
    @Param public Activation.Function function;

    @Param({"false", "true"})
    public boolean gradient;

    @Param("12544")
    public int rows;

    @Param("64")
    public int channels;

    @Override
    Timed timed(Operands operands) {
        Slot x = operands.floats(rows, channels);
        Slot out = operands.floats(rows, channels);
        if (!gradient) {
            return Timed.memory(new Activation(function, x, out));
        }
        Slot dX = operands.floats(rows, channels);
        return Timed.memory(new Activation.Gradient(function, x, out, Slot.NONE, dX));
    }
}
