package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Norm;
import gsdm.tensor.program.Shape;

/**
 * {@link Norm} and its gradient. What is normalised together is a set: for a group norm the nodes
 * of an example and the channels of a group, for a layer norm a node and its channels.
 */
final class Norms {
    private Norms() {}

    /** The sets of a norm: {@code nodes} nodes of {@code width} channels each. */
    private static final class Sets {
        private final Norm op;
        private final int channels;
        private final int perExample;
        private final int width;
        private int count;
        private int nodes;

        Sets(Norm op) {
            this.op = op;
            channels = op.x().shape().last().size();
            perExample = op instanceof GroupNorm norm ? norm.groups() : 1;
            width = channels / perExample;
        }

        /** Takes the sizes of the coming run and returns the number of sets. */
        int take(Extents extents) {
            Shape shape = op.x().shape();
            switch (op) {
                case GroupNorm _ -> {
                    count = Math.multiplyExact(extents.of(shape.dims().get(0)), perExample);
                    nodes = extents.of(shape.dims().get(1));
                }
                case LayerNorm _ -> {
                    count = shape.rows(extents);
                    nodes = 1;
                }
            }
            return count;
        }

        /** The place of the first channel of a set at one of its nodes. */
        long at(int set, int node) {
            long example = set / perExample;
            return (example * nodes + node) * channels + firstChannel(set);
        }

        int firstChannel(int set) {
            return set % perExample * width;
        }

        double size() {
            return (double) nodes * width;
        }
    }

    /** Mean and 1/√(variance + epsilon) of each set, for the parts after it. */
    private abstract static class Moments implements Part {
        final Norm op;
        final Sets sets;
        final Floats x;
        final Floats statistics;
        private double[] means = {};
        private double[] scales = {};

        Moments(Norm op, Addresses at) {
            this.op = op;
            sets = new Sets(op);
            x = Floats.of(op.x(), at);
            statistics = Floats.of(op.statistics(), at);
        }

        @Override
        public final int prepare(Extents extents) {
            int count = sets.take(extents);
            if (means.length < count) {
                means = new double[count];
                scales = new double[count];
            }
            return count;
        }

        final void find(int set) {
            double mean = deviations(set, 0, 1) / sets.size();
            double variance = deviations(set, mean, 2) / sets.size();
            keep(set, mean, 1 / Math.sqrt(variance + op.epsilon()));
        }

        final void keep(int set, double mean, double scale) {
            means[set] = mean;
            scales[set] = scale;
        }

        /** The sum of (x − centre) or of its square. */
        private double deviations(int set, double centre, int power) {
            double sum = 0;
            for (int n = 0; n < sets.nodes; n++) {
                for (int c = 0; c < sets.width; c++) {
                    double deviation = x.get(sets.at(set, n) + c) - centre;
                    sum += power == 1 ? deviation : deviation * deviation;
                }
            }
            return sum;
        }

        final double mean(int set) {
            return means[set];
        }

        final double scale(int set) {
            return scales[set];
        }

        final double normalised(int set, long at) {
            return (x.get(at) - means[set]) * scales[set];
        }
    }

    /** Found of x, and written where the norm has a place for them. */
    private static final class Found extends Moments {
        Found(Norm op, Addresses at) {
            super(op, at);
        }

        @Override
        public void compute(int set, int block) {
            find(set);
            if (statistics.size() > 0) {
                statistics.set(2L * set, mean(set));
                statistics.set(2L * set + 1, scale(set));
            }
        }
    }

    /** Read where the forward run wrote them, else found again. */
    private static final class Kept extends Moments {
        Kept(Norm op, Addresses at) {
            super(op, at);
        }

        @Override
        public void compute(int set, int block) {
            if (statistics.size() > 0) {
                keep(set, statistics.get(2L * set), statistics.get(2L * set + 1));
            } else {
                find(set);
            }
        }
    }

    /** Operands that forward and backward share; the moments' part has the sizes. */
    private abstract static class Normed implements Part {
        final Norm op;
        final Moments moments;
        final Sets sets;
        private final Floats gamma;
        private final Floats beta;

        Normed(Norm op, Moments moments, Addresses at) {
            this.op = op;
            this.moments = moments;
            sets = moments.sets;
            gamma = Floats.of(op.gamma(), at);
            beta = Floats.of(op.beta(), at);
        }

        /** An item is a set, where nothing else is said. */
        @Override
        public int prepare(Extents extents) {
            return sets.count;
        }

        final double gamma(int channel) {
            return gamma.get(channel);
        }

        final double affine(int channel, double normalised) {
            return gamma.get(channel) * normalised + beta.get(channel);
        }
    }

    private static final class Forward extends Normed {
        private final Floats out;

        Forward(Norm op, Moments moments, Addresses at) {
            super(op, moments, at);
            out = Floats.of(op.out(), at);
        }

        @Override
        public void compute(int set, int block) {
            for (int n = 0; n < sets.nodes; n++) {
                for (int c = 0; c < sets.width; c++) {
                    long at = sets.at(set, n) + c;
                    double y = affine(sets.firstChannel(set) + c, moments.normalised(set, at));
                    out.set(at, op.silu() ? Functions.silu(y) : y);
                }
            }
        }
    }

    private abstract static class Backward extends Normed {
        private final Floats dOut;

        Backward(Norm.Gradient op, Moments moments, Addresses at) {
            super(op.norm(), moments, at);
            dOut = Floats.of(op.dOut(), at);
        }

        /** The gradient by what gamma and beta gave. */
        final double dAffine(int channel, long at, double normalised) {
            double d = dOut.get(at);
            return op.silu() ? d * Functions.siluSlope(affine(channel, normalised)) : d;
        }
    }

    /** The gradient by x. */
    private static final class SetsBackward extends Backward {
        private final Floats add;
        private final Floats dX;

        SetsBackward(Norm.Gradient op, Moments moments, Addresses at) {
            super(op, moments, at);
            add = Floats.of(op.add(), at);
            dX = Floats.of(op.dX(), at);
        }

        @Override
        public void compute(int set, int block) {
            double mean = 0;
            double slope = 0;
            for (int n = 0; n < sets.nodes; n++) {
                for (int c = 0; c < sets.width; c++) {
                    long at = sets.at(set, n) + c;
                    double normalised = moments.normalised(set, at);
                    double d = dNormalised(set, c, at, normalised);
                    mean += d;
                    slope += d * normalised;
                }
            }
            mean /= sets.size();
            slope /= sets.size();
            double scale = moments.scale(set);
            for (int n = 0; n < sets.nodes; n++) {
                for (int c = 0; c < sets.width; c++) {
                    long at = sets.at(set, n) + c;
                    double normalised = moments.normalised(set, at);
                    double d = dNormalised(set, c, at, normalised) - mean - normalised * slope;
                    dX.set(at, scale * d + (add.size() > 0 ? add.get(at) : 0));
                }
            }
        }

        private double dNormalised(int set, int c, long at, double normalised) {
            int channel = sets.firstChannel(set) + c;
            return dAffine(channel, at, normalised) * gamma(channel);
        }
    }

    /** The gradients by gamma and beta; an item is a channel. */
    private static final class ChannelsBackward extends Backward {
        private final Floats dGamma;
        private final Floats dBeta;

        ChannelsBackward(Norm.Gradient op, Moments moments, Addresses at) {
            super(op, moments, at);
            dGamma = Floats.of(op.dGamma(), at);
            dBeta = Floats.of(op.dBeta(), at);
        }

        @Override
        public int prepare(Extents extents) {
            return sets.channels;
        }

        @Override
        public void compute(int channel, int block) {
            double gammaSum = 0;
            double betaSum = 0;
            int first = channel / sets.width;
            for (int set = first; set < sets.count; set += sets.perExample) {
                for (int n = 0; n < sets.nodes; n++) {
                    long at = sets.at(set, n) + channel % sets.width;
                    double normalised = moments.normalised(set, at);
                    double d = dAffine(channel, at, normalised);
                    gammaSum += d * normalised;
                    betaSum += d;
                }
            }
            dGamma.set(channel, gammaSum);
            dBeta.set(channel, betaSum);
        }
    }

    static Part[] forward(Norm op, Addresses at) {
        Moments moments = new Found(op, at);
        return new Part[] {moments, new Forward(op, moments, at)};
    }

    static Part[] backward(Norm.Gradient op, Addresses at) {
        Moments moments = new Kept(op.norm(), at);
        return new Part[] {
            moments, new ChannelsBackward(op, moments, at), new SetsBackward(op, moments, at)
        };
    }
}
