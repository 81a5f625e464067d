package gsdm.bench;

import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;

import org.openjdk.jmh.annotations.Param;

import java.util.List;

/** Softmax over the options of discrete nodes, losses, and the gradients of both. */
public class LossBenchmark extends OpBenchmark {
    /** Which op. */
    public enum Kind {
        SOFTMAX,
        SQUARED_ERROR,
        CROSS_ENTROPY
    }

    @Param public Kind kind;

    @Param({"false", "true"})
    public boolean gradient;

    @Param("4")
    public int batch;

    @Param("3136")
    public int nodes;

    @Param("10")
    public int options;

    @Override
    Timed timed(Operands operands) {
        int values = nodes * options;
        Slot x = operands.floats(batch, values);
        Slot probabilities = operands.floats(batch, values);
        Slot dOut = operands.floats(batch, values);
        List<Op.Projection> kinds =
                List.of(new Op.Projection(Dim.of(nodes), options, Slot.NONE, Slot.NONE));
        Op.BlockSoftmax softmax = new Op.BlockSoftmax(x, kinds, probabilities);
        if (kind == Kind.SOFTMAX) {
            return gradient
                    ? Timed.memory(new Op.BlockSoftmaxGradient(softmax, x, dOut), softmax)
                    : Timed.memory(softmax);
        }
        Op.Loss loss =
                new Op.Loss(
                        kind == Kind.SQUARED_ERROR
                                ? Op.Criterion.SQUARED_ERROR
                                : Op.Criterion.CROSS_ENTROPY,
                        probabilities,
                        x,
                        operands.floats(batch, values),
                        operands.ints(0, values / 2, values),
                        operands.floats(2));
        return Timed.memory(gradient ? new Op.LossGradient(loss, dOut) : loss, softmax);
    }
}
