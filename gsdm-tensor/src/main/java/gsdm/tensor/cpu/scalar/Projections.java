package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.ProjectValues;
import gsdm.tensor.program.Projection;

/** {@link ProjectValues} and its gradient. */
final class Projections {
    private Projections() {}

    /** Sizes and operands that forward and backward share. */
    private abstract static class Projecting implements Part {
        final ProjectValues op;
        final Kinds kinds;
        final Floats x;
        final Floats[] weights;
        final int channels;
        int batch;

        Projecting(ProjectValues op, Addresses at) {
            this.op = op;
            kinds = new Kinds(Projection.kinds(op.projections()));
            x = Floats.of(op.x(), at);
            weights = Floats.weights(op.projections(), at);
            channels = op.x().shape().last().size();
        }

        @Override
        public int prepare(Extents extents) {
            kinds.prepare(extents);
            batch = extents.of(op.x().shape().dims().getFirst());
            return items(extents);
        }

        abstract int items(Extents extents);

        /** The first channel of a node. */
        long channelsOf(int example, int node) {
            return ((long) example * kinds.nodes() + node) * channels;
        }
    }

    /** An item is a node of an example. */
    static final class Forward extends Projecting {
        private final Floats[] biases;
        private final Floats out;

        Forward(ProjectValues op, Addresses at) {
            super(op, at);
            biases = Floats.biases(op.projections(), at);
            out = Floats.of(op.out(), at);
        }

        @Override
        int items(Extents extents) {
            return op.x().shape().rows(extents);
        }

        @Override
        public void compute(int row, int block) {
            int node = row % kinds.nodes();
            int kind = kinds.kindOf(node);
            long value = kinds.valueOf(row / kinds.nodes(), node, kind);
            for (int o = 0; o < kinds.options(kind); o++) {
                double sum =
                        weights[kind].dot((long) o * channels, x, (long) row * channels, channels);
                out.set(value + o, sum + biases[kind].get(o));
            }
        }
    }

    /** The gradient by x; an item is a node of an example. */
    static final class ChannelsBackward extends Projecting {
        private final Floats dOut;
        private final Floats dX;

        ChannelsBackward(ProjectValues.Gradient op, Addresses at) {
            super(op.project(), at);
            dOut = Floats.of(op.dOut(), at);
            dX = Floats.of(op.dX(), at);
        }

        @Override
        int items(Extents extents) {
            return op.x().shape().rows(extents);
        }

        @Override
        public void compute(int row, int block) {
            int node = row % kinds.nodes();
            int kind = kinds.kindOf(node);
            long value = kinds.valueOf(row / kinds.nodes(), node, kind);
            for (int c = 0; c < channels; c++) {
                dX.set(
                        (long) row * channels + c,
                        dOut.dot(value, 1, weights[kind], c, channels, kinds.options(kind)));
            }
        }
    }

    /** The gradients by the weights; an item is a channel: a column of each. */
    static final class WeightsBackward extends Projecting {
        private final Floats dOut;
        private final Floats[] dWeights;

        WeightsBackward(ProjectValues.Gradient op, Addresses at) {
            super(op.project(), at);
            dOut = Floats.of(op.dOut(), at);
            dWeights = Floats.weights(op.dProjections(), at);
        }

        @Override
        int items(Extents extents) {
            return channels;
        }

        @Override
        public void compute(int channel, int block) {
            for (int kind = 0; kind < kinds.count(); kind++) {
                for (int o = 0; o < kinds.options(kind); o++) {
                    dWeights[kind].set((long) o * channels + channel, dWeight(kind, o, channel));
                }
            }
        }

        private double dWeight(int kind, int option, int channel) {
            int first = kinds.firstNode(kind);
            int count = kinds.firstNode(kind + 1) - first;
            double sum = 0;
            for (int b = 0; b < batch; b++) {
                long value = kinds.valueOf(b, first, kind) + option;
                long at = channelsOf(b, first) + channel;
                sum += dOut.dot(value, kinds.options(kind), x, at, channels, count);
            }
            return sum;
        }
    }

    /** The gradients by the biases; an item is a kind. */
    static final class BiasBackward extends Projecting {
        private final Floats dOut;
        private final Floats[] dBiases;

        BiasBackward(ProjectValues.Gradient op, Addresses at) {
            super(op.project(), at);
            dOut = Floats.of(op.dOut(), at);
            dBiases = Floats.biases(op.dProjections(), at);
        }

        @Override
        int items(Extents extents) {
            return kinds.count();
        }

        @Override
        public void compute(int kind, int block) {
            for (int o = 0; o < kinds.options(kind); o++) {
                double sum = 0;
                for (int b = 0; b < batch; b++) {
                    for (int n = kinds.firstNode(kind); n < kinds.firstNode(kind + 1); n++) {
                        sum += dOut.get(kinds.valueOf(b, n, kind) + o);
                    }
                }
                dBiases[kind].set(o, sum);
            }
        }
    }
}
