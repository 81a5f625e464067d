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
            return Math.multiplyExact(op.x().shape().rows(extents), kinds.nodes());
        }

        @Override
        public void compute(int item, int block) {
            int node = item % kinds.nodes();
            int kind = kinds.kindOf(node);
            long value = kinds.valueOf(item / kinds.nodes(), node, kind);
            compute(item / kinds.nodes(), value, kinds.options(kind));
        }

        abstract void compute(int example, long value, int options);
    }

    static final class Forward extends Blocks {
        private final Floats x;
        private final Floats noised;
        private final Floats levels;
        private final Floats out;

        Forward(BlockSoftmax op, Addresses at) {
            super(op);
            x = Floats.of(op.x(), at);
            noised = Floats.of(op.noised(), at);
            levels = Floats.of(op.levels(), at);
            out = Floats.of(op.out(), at);
        }

        @Override
        void compute(int example, long value, int options) {
            if (options == 1) {
                out.set(value, x.get(value));
                return;
            }
            double sharpness =
                    noised.size() > 0
                            ? Functions.sharpness(
                                    levels.get(2L * example), levels.get(2L * example + 1))
                            : 0;
            double largest = Double.NEGATIVE_INFINITY;
            for (int o = 0; o < options; o++) {
                largest = Math.max(largest, logit(value + o, sharpness));
            }
            double total = 0;
            for (int o = 0; o < options; o++) {
                total += StrictMath.exp(logit(value + o, sharpness) - largest);
            }
            for (int o = 0; o < options; o++) {
                double weight = StrictMath.exp(logit(value + o, sharpness) - largest);
                out.set(value + o, weight / total);
            }
        }

        private double logit(long value, double sharpness) {
            return sharpness == 0 ? x.get(value) : x.get(value) + sharpness * noised.get(value);
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
        void compute(int example, long value, int options) {
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
