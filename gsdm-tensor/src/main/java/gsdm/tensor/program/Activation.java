package gsdm.tensor.program;

import java.util.List;
import java.util.function.UnaryOperator;

/** out = function(x), element by element. */
public record Activation(Function function, Slot x, Slot out) implements Op.Forward {
    @Override
    public List<Slot> inputs() {
        return Operands.of(x);
    }

    @Override
    public List<Slot> outputs() {
        return Operands.of(out);
    }

    @Override
    public Activation withSlots(UnaryOperator<Slot> map) {
        return new Activation(function, x.mapped(map), out.mapped(map));
    }

    /** Functions of one number. */
    public enum Function {
        /** x·sigmoid(x). */
        SILU,
        /** max(x, 0). */
        RELU,
        /** x above zero, {@link #LEAK}·x below. */
        LEAKY_RELU;

        /** The slope of {@link #LEAKY_RELU} below zero. */
        public static final double LEAK = 0.01;
    }

    /** dX = dOut · function'(x) + add, element by element; add may be NONE. */
    public record Gradient(Function function, Slot x, Slot dOut, Slot add, Slot dX)
            implements Op.Adjoint {
        @Override
        public List<Slot> inputs() {
            return Operands.of(x, dOut, add);
        }

        @Override
        public List<Slot> outputs() {
            return Operands.of(dX);
        }

        @Override
        public Slot inPlace() {
            return dOut;
        }

        @Override
        public Gradient withSlots(UnaryOperator<Slot> map) {
            return new Gradient(
                    function, x.mapped(map), dOut.mapped(map), add.mapped(map), dX.mapped(map));
        }
    }
}
