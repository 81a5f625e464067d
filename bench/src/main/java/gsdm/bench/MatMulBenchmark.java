package gsdm.bench;

import gsdm.tensor.program.MatMul;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;

import org.openjdk.jmh.annotations.Param;

/** The three products of a linear layer of equal widths, tall and narrow. */
public class MatMulBenchmark extends OpBenchmark {
    /** Which product. */
    public enum Product {
        /** x·Wᵀ + bias. */
        FORWARD,
        /** dy·W. */
        INPUT_GRADIENT,
        /** dyᵀ·x, and the column sums of dy. */
        WEIGHT_GRADIENT
    }

    @Param public Product product;

    @Param({"64", "128", "192"})
    public int width;

    @Param("12544")
    public int rows;

    @Override
    Timed timed(Operands operands) {
        Slot x = operands.floats(rows, width);
        Slot y = operands.floats(rows, width);
        Slot weight = operands.floats(width, width);
        Slot bias = operands.floats(width);
        Op op =
                switch (product) {
                    case FORWARD -> new MatMul(x, weight, false, true, bias, Slot.NONE, y);
                    case INPUT_GRADIENT ->
                            new MatMul(y, weight, false, false, Slot.NONE, Slot.NONE, x);
                    case WEIGHT_GRADIENT -> new MatMul.LinearGradient(y, x, weight, bias);
                };
        return Timed.arithmetic(op, 2.0 * rows * width * width);
    }
}
