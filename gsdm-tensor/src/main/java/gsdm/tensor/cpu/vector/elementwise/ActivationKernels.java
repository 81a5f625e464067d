package gsdm.tensor.cpu.vector.elementwise;

import static gsdm.tensor.cpu.vector.core.Raw.base;
import static gsdm.tensor.cpu.vector.core.Raw.index;
import static gsdm.tensor.cpu.vector.core.Raw.load;
import static gsdm.tensor.cpu.vector.core.Raw.store;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.vector.blocks.Buffers;
import gsdm.tensor.cpu.vector.blocks.FlatKernel;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.Pointwise;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.cpu.vector.core.Silu;
import gsdm.tensor.program.Activation;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Slot;

import java.lang.foreign.MemorySegment;

/** {@link Activation} and its gradient. */
public final class ActivationKernels {
    private ActivationKernels() {}

    private abstract static class OverSlot extends FlatKernel {
        final Activation.Function function;
        final Buffers buffers = new Buffers(); // of Silu
        private final Slot out;

        OverSlot(Activation.Function function, Slot out) {
            this.function = function;
            this.out = out;
        }

        @Override
        protected long count(Extents extents) {
            return out.shape().size(extents);
        }

        @Override
        public long workspaceBytes(Extents reserve) {
            return function == Activation.Function.SILU
                    ? Buffers.totalBytes(Silu.BUFFER_BYTES, Buffers.MOST)
                    : 0;
        }

        @Override
        public void prepare(Extents extents, MemorySegment workspace) {
            super.prepare(extents, workspace);
            buffers.place(workspace.address(), Silu.BUFFER_BYTES);
        }
    }

    public static final class Forward extends OverSlot {
        private final long x;
        private final long out;

        public Forward(Activation op, Addresses at) {
            super(op.function(), op.out());
            x = at.of(op.x());
            out = at.of(op.out());
        }

        @Override
        protected void compute(long at, int whole, int elements) {
            switch (function) {
                case SILU -> {
                    long buffer = buffers.take();
                    Silu.forward(x + at, out + at, elements, buffer);
                    buffers.giveBack(buffer);
                    return;
                }
                case RELU -> relu(base(x + at), base(out + at), whole);
                case LEAKY_RELU -> leakyRelu(base(x + at), base(out + at), whole);
            }
            for (long i = at + 4L * whole; i < at + 4L * elements; i += 4) {
                Raw.put(out + i, Activations.value(function, Raw.get(x + i)));
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

    public static final class Backward extends OverSlot {
        private final long x;
        private final long dOut;
        private final long add;
        private final long dX;

        public Backward(Activation.Gradient op, Addresses at) {
            super(op.function(), op.dX());
            x = at.of(op.x());
            dOut = at.of(op.dOut());
            add = op.add().present() ? at.of(op.add()) : 0;
            dX = at.of(op.dX());
        }

        @Override
        protected void compute(long at, int whole, int elements) {
            if (function == Activation.Function.SILU) {
                long buffer = buffers.take();
                Silu.backward(x + at, dOut + at, dX + at, elements, buffer);
                buffers.giveBack(buffer);
            } else {
                float leak = Activations.leak(function);
                step(base(x + at), base(dOut + at), base(dX + at), whole, leak);
                for (long i = at + 4L * whole; i < at + 4L * elements; i += 4) {
                    float slope = Activations.slope(function, Raw.get(x + i));
                    Raw.put(dX + i, Raw.get(dOut + i) * slope);
                }
            }
            if (add != 0) {
                Pointwise.add(base(dX + at), base(add + at), base(dX + at), elements);
            }
        }

        private static void step(long x, long dOut, long dX, int whole, float leak) {
            for (int i = 0; i < whole; i += Lanes.COUNT) {
                long o = 4L * index(i);
                store(load(dOut + o).mul(Activations.stepSlope(load(x + o), leak)), dX + o);
            }
        }
    }
}
