package gsdm.bench;

import gsdm.tensor.program.BlockSoftmax;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Loss;
import gsdm.tensor.program.NodeKind;
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
        List<NodeKind> kinds = List.of(new NodeKind(Dim.of(nodes), options));
        BlockSoftmax softmax = new BlockSoftmax(x, Slot.NONE, Slot.NONE, kinds, probabilities);
        if (kind == Kind.SOFTMAX) {
            return gradient
                    ? Timed.memory(new BlockSoftmax.Gradient(softmax, x, dOut), softmax)
                    : Timed.memory(softmax);
        }
        Loss loss =
                new Loss(
                        probabilities,
                        x,
                        operands.floats(new float[batch * nodes]),
                        kinds,
                        List.of(
                                kind == Kind.SQUARED_ERROR
                                        ? Loss.Criterion.SQUARED_ERROR
                                        : Loss.Criterion.CROSS_ENTROPY),
                        operands.ints(0, values / 2, values),
                        operands.floats(2),
                        operands.floats(batch, 2),
                        operands.floats(2),
                        operands.floats(batch, 2));
        return Timed.memory(gradient ? new Loss.Gradient(loss, dOut) : loss, softmax);
    }
}
