package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.GroupNorm;
import gsdm.tensor.program.Norm;

import java.util.List;

/** {@link GroupNorm} and its gradient. */
final class GroupNorms {
    private GroupNorms() {}

    /** Sizes and operands that forward and backward share. */
    private abstract static class Normed {
        final GroupNorm op;
        final Floats x;
        final Floats gamma;
        final Floats beta;
        final Floats statistics;
        final int channels;
        final int width;
        int batch;
        int nodes;

        Normed(GroupNorm op, Addresses at) {
            this.op = op;
            x = Floats.of(op.x(), at);
            gamma = Floats.of(op.gamma(), at);
            beta = Floats.of(op.beta(), at);
            statistics = Floats.of(op.statistics(), at);
            channels = op.x().shape().last().size();
            width = channels / op.groups();
        }

        void take(Extents extents) {
            List<Dim> dims = op.x().shape().dims();
            batch = extents.of(dims.get(0));
            nodes = extents.of(dims.get(1));
        }

        /** The place of the first channel of item (example, group) at a node. */
        long at(int item, int node) {
            long example = item / op.groups();
            return (example * nodes + node) * channels + firstChannel(item);
        }

        int firstChannel(int item) {
            return item % op.groups() * width;
        }

        double normalised(int item, long at) {
            return (x.get(at) - (double) statistics.get(2L * item)) * statistics.get(2L * item + 1);
        }

        double affine(int channel, double normalised) {
            return gamma.get(channel) * normalised + beta.get(channel);
        }
    }

    /** An item is a group of an example. */
    static final class Forward extends Normed implements Part {
        private final Floats out;

        Forward(GroupNorm op, Addresses at) {
            super(op, at);
            out = Floats.of(op.out(), at);
        }

        @Override
        public int prepare(Extents extents) {
            take(extents);
            return batch * op.groups();
        }

        @Override
        public void compute(int item, int block) {
            double count = (double) nodes * width;
            double mean = deviations(item, 0, 1) / count;
            double variance = deviations(item, mean, 2) / count;
            statistics.set(2L * item, mean);
            statistics.set(2L * item + 1, 1 / Math.sqrt(variance + op.epsilon()));
            for (int n = 0; n < nodes; n++) {
                for (int c = 0; c < width; c++) {
                    long at = at(item, n) + c;
                    double y = affine(firstChannel(item) + c, normalised(item, at));
                    out.set(at, op.silu() ? Functions.silu(y) : y);
                }
            }
        }

        /** The sum of (x − centre) or of its square. */
        private double deviations(int item, double centre, int power) {
            double sum = 0;
            for (int n = 0; n < nodes; n++) {
                for (int c = 0; c < width; c++) {
                    double deviation = x.get(at(item, n) + c) - centre;
                    sum += power == 1 ? deviation : deviation * deviation;
                }
            }
            return sum;
        }
    }

    private abstract static class Backward extends Normed implements Part {
        final Floats dOut;

        Backward(GroupNorm norm, Norm.Gradient op, Addresses at) {
            super(norm, at);
            dOut = Floats.of(op.dOut(), at);
        }

        /** The gradient by what gamma and beta gave. */
        double dAffine(int channel, long at, double normalised) {
            double d = dOut.get(at);
            return op.silu() ? d * Functions.siluSlope(affine(channel, normalised)) : d;
        }
    }

    /** The gradient by x; an item is a group of an example. */
    static final class GroupsBackward extends Backward {
        private final Floats add;
        private final Floats dX;

        GroupsBackward(GroupNorm norm, Norm.Gradient op, Addresses at) {
            super(norm, op, at);
            add = Floats.of(op.add(), at);
            dX = Floats.of(op.dX(), at);
        }

        @Override
        public int prepare(Extents extents) {
            take(extents);
            return batch * op.groups();
        }

        @Override
        public void compute(int item, int block) {
            double mean = 0;
            double slope = 0;
            for (int n = 0; n < nodes; n++) {
                for (int c = 0; c < width; c++) {
                    long at = at(item, n) + c;
                    double normalised = normalised(item, at);
                    double d = dNormalised(item, c, at, normalised);
                    mean += d;
                    slope += d * normalised;
                }
            }
            double count = (double) nodes * width;
            mean /= count;
            slope /= count;
            double scale = statistics.get(2L * item + 1);
            for (int n = 0; n < nodes; n++) {
                for (int c = 0; c < width; c++) {
                    long at = at(item, n) + c;
                    double normalised = normalised(item, at);
                    double d = dNormalised(item, c, at, normalised) - mean - normalised * slope;
                    dX.set(at, scale * d + (add.size() > 0 ? add.get(at) : 0));
                }
            }
        }

        private double dNormalised(int item, int c, long at, double normalised) {
            int channel = firstChannel(item) + c;
            return dAffine(channel, at, normalised) * gamma.get(channel);
        }
    }

    /** The gradients by gamma and beta; an item is a channel. */
    static final class ChannelsBackward extends Backward {
        private final Floats dGamma;
        private final Floats dBeta;

        ChannelsBackward(GroupNorm norm, Norm.Gradient op, Addresses at) {
            super(norm, op, at);
            dGamma = Floats.of(op.dGamma(), at);
            dBeta = Floats.of(op.dBeta(), at);
        }

        @Override
        public int prepare(Extents extents) {
            take(extents);
            return channels;
        }

        @Override
        public void compute(int channel, int block) {
            double gammaSum = 0;
            double betaSum = 0;
            for (int b = 0; b < batch; b++) {
                int item = b * op.groups() + channel / width;
                for (int n = 0; n < nodes; n++) {
                    long at = at(item, n) + channel % width;
                    double normalised = normalised(item, at);
                    double d = dAffine(channel, at, normalised);
                    gammaSum += d * normalised;
                    betaSum += d;
                }
            }
            dGamma.set(channel, gammaSum);
            dBeta.set(channel, betaSum);
        }
    }
}
