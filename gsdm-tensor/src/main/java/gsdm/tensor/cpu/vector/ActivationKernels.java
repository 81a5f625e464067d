package gsdm.tensor.cpu.vector;

import static gsdm.tensor.cpu.vector.Raw.base;
import static gsdm.tensor.cpu.vector.Raw.index;
import static gsdm.tensor.cpu.vector.Raw.load;
import static gsdm.tensor.cpu.vector.Raw.store;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Op;
import gsdm.tensor.program.Slot;

import jdk.incubator.vector.FloatVector;

/** {@link Op.Activation} and its gradient. */
final class ActivationKernels {
    private ActivationKernels() {}

    private abstract static class OverSlot extends FlatKernel {
        private final Slot out;

        OverSlot(Slot out) {
            this.out = out;
        }

        @Override
        long count(Extents extents) {
            return out.shape().size(extents);
        }
    }

    static final class Forward extends OverSlot {
        private final Op.Function function;
        private final long x;
        private final long out;

        Forward(Op.Activation op, Addresses at) {
            super(op.out());
            function = op.function();
            x = at.of(op.x());
            out = at.of(op.out());
        }

        @Override
        void compute(long at, int whole, int elements) {
            switch (function) {
                case SILU -> silu(base(x + at), base(out + at), whole);
                case RELU -> relu(base(x + at), base(out + at), whole);
                case LEAKY_RELU -> leakyRelu(base(x + at), base(out + at), whole);
            }
            for (long i = at + 4L * whole; i < at + 4L * elements; i += 4) {
                Raw.put(out + i, Activations.value(function, Raw.get(x + i)));
            }
        }

        private static void silu(long x, long out, int whole) {
            for (int i = 0; i < whole; i += Lanes.COUNT) {
                long o = 4L * index(i);
                store(Activations.silu(load(x + o)), out + o);
            }
        }

        private static void relu(long x, long out, int whole) {
            for (int i = 0; i < whole; i += Lanes.COUNT) {
                long o = 4L * index(i);
                store(Activations.relu(load(x + o)), out + o);
            }
        }

        private static void leakyRelu(long x, long out, int whole) {
            for (int i = 0; i < whole; i += Lanes.COUNT) {
                long o = 4L * index(i);
                store(Activations.leakyRelu(load(x + o)), out + o);
            }
        }
    }

    static final class Backward extends OverSlot {
        private final Op.Function function;
        private final long x;
        private final long dOut;
        private final long add;
        private final long dX;

        Backward(Op.ActivationGradient op, Addresses at) {
            super(op.dX());
            function = op.function();
            x = at.of(op.x());
            dOut = at.of(op.dOut());
            add = op.add().present() ? at.of(op.add()) : 0;
            dX = at.of(op.dX());
        }

        @Override
        void compute(long at, int whole, int elements) {
            long plus = add == 0 ? 0 : base(add + at);
            if (function == Op.Function.SILU) {
                silu(base(x + at), base(dOut + at), plus, base(dX + at), whole);
            } else {
                float leak = Activations.leak(function);
                step(base(x + at), base(dOut + at), plus, base(dX + at), whole, leak);
            }
            for (long i = at + 4L * whole; i < at + 4L * elements; i += 4) {
                float d = Raw.get(dOut + i) * Activations.slope(function, Raw.get(x + i));
                Raw.put(dX + i, add == 0 ? d : d + Raw.get(add + i));
            }
        }

        private static void silu(long x, long dOut, long add, long dX, int whole) {
            for (int i = 0; i < whole; i += Lanes.COUNT) {
                long o = 4L * index(i);
                FloatVector d = load(dOut + o).mul(Activations.siluSlope(load(x + o)));
                store(add == 0 ? d : d.add(load(add + o)), dX + o);
            }
        }

        private static void step(long x, long dOut, long add, long dX, int whole, float leak) {
            for (int i = 0; i < whole; i += Lanes.COUNT) {
                long o = 4L * index(i);
                FloatVector d = load(dOut + o).mul(Activations.stepSlope(load(x + o), leak));
                store(add == 0 ? d : d.add(load(add + o)), dX + o);
            }
        }
    }
}
