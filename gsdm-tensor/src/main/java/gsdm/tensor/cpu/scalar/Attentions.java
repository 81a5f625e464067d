package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Attention;
import gsdm.tensor.program.Extents;

/** {@link Attention} and its gradient; an item is a node of an example. */
final class Attentions {
    private Attentions() {}

    /** Sizes, scores and neighbours that forward and backward share. */
    private abstract static class Attending implements Part {
        final Attention op;
        final Floats qkv;
        final Floats logSumExp;
        final int channels;
        final int width;
        final Sums sums = new Sums();
        int nodes;
        private final Neighbourhood neighbourhood;

        Attending(Attention op, Neighbourhood neighbourhood, Addresses at) {
            this.op = op;
            this.neighbourhood = neighbourhood;
            qkv = Floats.of(op.qkv(), at);
            logSumExp = Floats.of(op.logSumExp(), at);
            channels = op.out().shape().last().size();
            width = channels / op.heads();
        }

        @Override
        public int prepare(Extents extents) {
            nodes = extents.of(op.qkv().shape().dims().get(1));
            sums.reserve(2 * width);
            neighbourhood.prepare(nodes, extents);
            return op.qkv().shape().rows(extents);
        }

        @Override
        public void compute(int row, int block) {
            for (int head = 0; head < op.heads(); head++) {
                compute(row, head, sums.zeroed(block));
            }
        }

        abstract void compute(int row, int head, double[] sum);

        int entries(int row) {
            return neighbourhood.entries(row % nodes);
        }

        /** The row of an entry's node in the same example, or −1 for padding. */
        int neighbour(int row, int entry) {
            int node = neighbourhood.node(row % nodes, entry);
            return node < 0 ? node : row - row % nodes + node;
        }

        long query(int row, int head) {
            return 3L * row * channels + (long) head * width;
        }

        long key(int row, int head) {
            return query(row, head) + channels;
        }

        long value(int row, int head) {
            return query(row, head) + 2L * channels;
        }

        long out(int row, int head) {
            return (long) row * channels + (long) head * width;
        }

        double score(int asking, int asked, int head) {
            return op.scale() * qkv.dot(query(asking, head), qkv, key(asked, head), width);
        }

        double logSumExp(int row, int head) {
            return logSumExp.get((long) row * op.heads() + head);
        }
    }

    static final class Forward extends Attending {
        private final Floats out;

        Forward(Attention op, Addresses at) {
            super(op, Neighbourhood.of(op.neighbours(), op.pattern(), at), at);
            out = Floats.of(op.out(), at);
        }

        /** Sums are rescaled whenever a larger score turns up; a node without neighbours gets 0. */
        @Override
        void compute(int row, int head, double[] sum) {
            double largest = Double.NEGATIVE_INFINITY;
            double total = 0;
            for (int entry = 0; entry < entries(row); entry++) {
                int asked = neighbour(row, entry);
                if (asked < 0) {
                    continue;
                }
                double score = score(row, asked, head);
                if (!(score <= largest)) {
                    double shrink = StrictMath.exp(largest - score);
                    for (int d = 0; d < width; d++) {
                        sum[d] *= shrink;
                    }
                    total *= shrink;
                    largest = score;
                }
                double weight = StrictMath.exp(score - largest);
                qkv.addTo(sum, weight, value(asked, head), width);
                total += weight;
            }
            for (int d = 0; d < width; d++) {
                out.set(out(row, head) + d, total == 0 ? 0 : sum[d] / total);
            }
            logSumExp.set((long) row * op.heads() + head, largest + StrictMath.log(total));
        }
    }

    private abstract static class Backward extends Attending {
        final Floats out;
        final Floats dOut;
        final Floats dQkv;

        Backward(Attention.Gradient op, Neighbourhood neighbourhood, Addresses at) {
            super(op.attention(), neighbourhood, at);
            out = Floats.of(op.attention().out(), at);
            dOut = Floats.of(op.dOut(), at);
            dQkv = Floats.of(op.dQkv(), at);
        }

        double probability(int asking, int asked, int head) {
            return StrictMath.exp(score(asking, asked, head) - logSumExp(asking, head));
        }

        /** The gradient by the dot product of a query and a key. */
        double dDot(int asking, int asked, int head, double probability, double dSoftmax) {
            double dProbability = dOut.dot(out(asking, head), qkv, value(asked, head), width);
            return op.scale() * probability * (dProbability - dSoftmax);
        }

        /** The part of a score's gradient that all neighbours of a node share. */
        double dSoftmax(int asking, int head) {
            return dOut.dot(out(asking, head), out, out(asking, head), width);
        }
    }

    /** The gradient by queries: each node walks its neighbours. */
    static final class QueriesBackward extends Backward {
        QueriesBackward(Attention.Gradient op, Addresses at) {
            super(
                    op,
                    Neighbourhood.of(op.attention().neighbours(), op.attention().pattern(), at),
                    at);
        }

        @Override
        void compute(int row, int head, double[] sum) {
            double dSoftmax = dSoftmax(row, head);
            for (int entry = 0; entry < entries(row); entry++) {
                int asked = neighbour(row, entry);
                if (asked >= 0) {
                    double probability = probability(row, asked, head);
                    double dDot = dDot(row, asked, head, probability, dSoftmax);
                    qkv.addTo(sum, dDot, key(asked, head), width);
                }
            }
            dQkv.setAll(query(row, head), sum, width);
        }
    }

    /** The gradient by keys and values: each node walks those that attend to it. */
    static final class KeysBackward extends Backward {
        KeysBackward(Attention.Gradient op, Addresses at) {
            super(
                    op,
                    Neighbourhood.transposed(
                            op.attention().neighbours(), op.attention().pattern(), at),
                    at);
        }

        @Override
        void compute(int row, int head, double[] sum) {
            for (int entry = 0; entry < entries(row); entry++) {
                int asking = neighbour(row, entry);
                double probability = probability(asking, row, head);
                double dDot = dDot(asking, row, head, probability, dSoftmax(asking, head));
                for (int d = 0; d < width; d++) {
                    sum[d] += dDot * qkv.get(query(asking, head) + d);
                    sum[width + d] += probability * dOut.get(out(asking, head) + d);
                }
            }
            for (int d = 0; d < width; d++) {
                dQkv.set(key(row, head) + d, sum[d]);
                dQkv.set(value(row, head) + d, sum[width + d]);
            }
        }
    }
}
