package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.BlockSoftmax;
import gsdm.tensor.program.Extents;

/** {@link BlockSoftmax} and its gradient; an item is a node of an example. */
final class BlockSoftmaxes {
    private BlockSoftmaxes() {}

    /** Finds the values of each node. */
    private abstract static class Blocks implements Part {
        private final BlockSoftmax op;
        private final Kinds kinds;

        Blocks(BlockSoftmax op) {
            this.op = op;
            kinds = new Kinds(op.kinds());
        }

        @Override
        public int prepare(Extents extents) {
            kinds.prepare(extents);
            return op.x().shape().rows(extents) * kinds.nodes();
        }

        @Override
        public void compute(int item, int block) {
            int node = item % kinds.nodes();
            int kind = kinds.kindOf(node);
            long value = kinds.valueOf(item / kinds.nodes(), node, kind);
            compute(value, kinds.options(kind));
        }

        abstract void compute(long value, int options);
    }

    static final class Forward extends Blocks {
        private final Floats x;
        private final Floats out;

        Forward(BlockSoftmax op, Addresses at) {
            super(op);
            x = Floats.of(op.x(), at);
            out = Floats.of(op.out(), at);
        }

        @Override
        void compute(long value, int options) {
            if (options == 1) {
                out.set(value, x.get(value));
                return;
            }
            double largest = Double.NEGATIVE_INFINITY;
            for (int o = 0; o < options; o++) {
                largest = Math.max(largest, x.get(value + o));
            }
            double total = 0;
            for (int o = 0; o < options; o++) {
                total += StrictMath.exp(x.get(value + o) - largest);
            }
            for (int o = 0; o < options; o++) {
                out.set(value + o, StrictMath.exp(x.get(value + o) - largest) / total);
            }
        }
    }

    static final class Backward extends Blocks {
        private final Floats out;
        private final Floats dOut;
        private final Floats dX;

        Backward(BlockSoftmax.Gradient op, Addresses at) {
            super(op.softmax());
            out = Floats.of(op.softmax().out(), at);
            dOut = Floats.of(op.dOut(), at);
            dX = Floats.of(op.dX(), at);
        }

        @Override
        void compute(long value, int options) {
            if (options == 1) {
                dX.set(value, dOut.get(value));
                return;
            }
            double mean = out.dot(value, dOut, value, options);
            for (int o = 0; o < options; o++) {
                dX.set(value + o, out.get(value + o) * (dOut.get(value + o) - mean));
            }
        }
    }
}
