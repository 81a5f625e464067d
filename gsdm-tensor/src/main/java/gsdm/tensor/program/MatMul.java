package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * out = op(a)·op(b) + bias + add, where op transposes or not. Tensors of more than two axes are
 * matrices whose columns are the last axis.
 *
 * @param a [M, K], or [K, M] if transposed
 * @param b [K, L], or [L, K] if transposed
 * @param bias [L], added to every row, or NONE
 * @param add [M, L], or NONE
 * @param out [M, L]
 */
public record MatMul(
        Slot a, Slot b, boolean transposeA, boolean transposeB, Slot bias, Slot add, Slot out)
        implements Op.Forward {
    @Override
    public List<Slot> inputs() {
        return Operands.of(a, b, bias, add);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public Slot inPlace() {
        return add;
    }

    @Override
    public MatMul withSlots(UnaryOperator<Slot> map) {
        return new MatMul(
                a.mapped(map),
                b.mapped(map),
                transposeA,
                transposeB,
                bias.mapped(map),
                add.mapped(map),
                out.mapped(map));
    }

    /**
     * The gradients of a linear layer's weight and bias: dWeight = dOutᵀ·x and dBias = the column
     * sums of dOut.
     *
     * @param dOut [..., L]
     * @param x [..., K], as many rows
     * @param dWeight [L, K]
     * @param dBias [L]
     */
    public record LinearGradient(Slot dOut, Slot x, Slot dWeight, Slot dBias)
            implements Op.Adjoint {
        @Override
        public List<Slot> inputs() {
            return Operands.of(dOut, x);
        }

        @Override
        public List<Slot> outputs() {
            return Operands.of(dWeight, dBias);
        }

        @Override
        public LinearGradient withSlots(UnaryOperator<Slot> map) {
            return new LinearGradient(
                    dOut.mapped(map), x.mapped(map), dWeight.mapped(map), dBias.mapped(map));
        }
    }
}
