package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Activation;
import gsdm.tensor.program.Add;
import gsdm.tensor.program.Copy;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Shape;

/** {@link Activation} and its gradient, {@link Add}, {@link Copy}. */
final class Elementwise {
    private Elementwise() {}

    /** An item is a row. */
    private abstract static class Rows implements Part {
        private final Shape shape;
        private int columns;

        Rows(Shape shape) {
            this.shape = shape;
        }

        @Override
        public int prepare(Extents extents) {
            columns = shape.columns(extents);
            return shape.rows(extents);
        }

        @Override
        public void compute(int row, int block) {
            long start = (long) row * columns;
            for (long at = start; at < start + columns; at++) {
                element(at);
            }
        }

        abstract void element(long at);
    }

    static final class Activate extends Rows {
        private final Activation.Function function;
        private final Floats x;
        private final Floats out;

        Activate(Activation op, Addresses at) {
            super(op.out().shape());
            function = op.function();
            x = Floats.of(op.x(), at);
            out = Floats.of(op.out(), at);
        }

        @Override
        void element(long at) {
            out.set(at, Functions.value(function, x.get(at)));
        }
    }

    static final class ActivateBackward extends Rows {
        private final Activation.Gradient op;
        private final Floats x;
        private final Floats dOut;
        private final Floats add;
        private final Floats dX;

        ActivateBackward(Activation.Gradient op, Addresses at) {
            super(op.dX().shape());
            this.op = op;
            x = Floats.of(op.x(), at);
            dOut = Floats.of(op.dOut(), at);
            add = Floats.of(op.add(), at);
            dX = Floats.of(op.dX(), at);
        }

        @Override
        void element(long at) {
            double d = dOut.get(at) * Functions.slope(op.function(), x.get(at));
            dX.set(at, op.add().present() ? d + add.get(at) : d);
        }
    }

    static final class Sum extends Rows {
        private final Floats a;
        private final Floats b;
        private final Floats out;

        Sum(Add op, Addresses at) {
            super(op.out().shape());
            a = Floats.of(op.a(), at);
            b = Floats.of(op.b(), at);
            out = Floats.of(op.out(), at);
        }

        @Override
        void element(long at) {
            out.set(at, (double) a.get(at) + b.get(at));
        }
    }

    static final class Keep extends Rows {
        private final Floats x;
        private final Floats out;

        Keep(Copy op, Addresses at) {
            super(op.out().shape());
            x = Floats.of(op.x(), at);
            out = Floats.of(op.out(), at);
        }

        @Override
        void element(long at) {
            out.set(at, x.get(at));
        }
    }
}
