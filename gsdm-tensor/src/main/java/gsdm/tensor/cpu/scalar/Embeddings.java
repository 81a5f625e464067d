package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.EmbedValues;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Projection;

/** {@link EmbedValues} and its gradient. */
final class Embeddings {
    private Embeddings() {}

    /** An item is a node of an example. */
    static final class Forward implements Part {
        private final EmbedValues op;
        private final Kinds kinds;
        private final Floats values;
        private final Floats observed;
        private final Floats embedding;
        private final Floats[] weights;
        private final Floats[] biases;
        private final Floats out;
        private final int channels;

        Forward(EmbedValues op, Addresses at) {
            this.op = op;
            kinds = new Kinds(Projection.kinds(op.projections()));
            values = Floats.of(op.values(), at);
            observed = Floats.of(op.observed(), at);
            embedding = Floats.of(op.observedEmbedding(), at);
            weights = Floats.weights(op.projections(), at);
            biases = Floats.biases(op.projections(), at);
            out = Floats.of(op.out(), at);
            channels = op.out().shape().last().size();
        }

        @Override
        public int prepare(Extents extents) {
            kinds.prepare(extents);
            return op.out().shape().rows(extents);
        }

        @Override
        public void compute(int row, int block) {
            int node = row % kinds.nodes();
            int kind = kinds.kindOf(node);
            int options = kinds.options(kind);
            long value = kinds.valueOf(row / kinds.nodes(), node, kind);
            for (int c = 0; c < channels; c++) {
                double sum = weights[kind].dot((long) c * options, values, value, options);
                sum += biases[kind].get(c);
                sum += (double) observed.get(row) * embedding.get(c);
                out.set((long) row * channels + c, sum);
            }
        }
    }

    /** An item is a channel: a row of each weight's gradient. */
    static final class Backward implements Part {
        private final EmbedValues.Gradient op;
        private final Kinds kinds;
        private final Floats values;
        private final Floats observed;
        private final Floats dOut;
        private final Floats dEmbedding;
        private final Floats[] dWeights;
        private final Floats[] dBiases;
        private final int channels;
        private int batch;
        private int rows;

        Backward(EmbedValues.Gradient op, Addresses at) {
            this.op = op;
            kinds = new Kinds(Projection.kinds(op.embed().projections()));
            values = Floats.of(op.embed().values(), at);
            observed = Floats.of(op.embed().observed(), at);
            dOut = Floats.of(op.dOut(), at);
            dEmbedding = Floats.of(op.dObservedEmbedding(), at);
            dWeights = Floats.weights(op.dProjections(), at);
            dBiases = Floats.biases(op.dProjections(), at);
            channels = op.dOut().shape().last().size();
        }

        @Override
        public int prepare(Extents extents) {
            kinds.prepare(extents);
            batch = extents.of(op.dOut().shape().dims().getFirst());
            rows = op.dOut().shape().rows(extents);
            return channels;
        }

        @Override
        public void compute(int channel, int block) {
            dEmbedding.set(channel, dOut.dot(channel, channels, observed, 0, 1, rows));
            for (int kind = 0; kind < kinds.count(); kind++) {
                int options = kinds.options(kind);
                for (int o = 0; o < options; o++) {
                    dWeights[kind].set((long) channel * options + o, dWeight(kind, o, channel));
                }
                dBiases[kind].set(channel, dBias(kind, channel));
            }
        }

        private double dWeight(int kind, int option, int channel) {
            int first = kinds.firstNode(kind);
            int count = kinds.firstNode(kind + 1) - first;
            double sum = 0;
            for (int b = 0; b < batch; b++) {
                long at = ((long) b * kinds.nodes() + first) * channels + channel;
                long value = kinds.valueOf(b, first, kind) + option;
                sum += dOut.dot(at, channels, values, value, kinds.options(kind), count);
            }
            return sum;
        }

        private double dBias(int kind, int channel) {
            double sum = 0;
            for (int b = 0; b < batch; b++) {
                for (int n = kinds.firstNode(kind); n < kinds.firstNode(kind + 1); n++) {
                    sum += dOut.get(((long) b * kinds.nodes() + n) * channels + channel);
                }
            }
            return sum;
        }
    }
}
