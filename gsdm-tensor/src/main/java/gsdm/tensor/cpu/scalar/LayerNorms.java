package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Dim;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.LayerNorm;
import gsdm.tensor.program.Norm;

import java.util.List;

/** {@link LayerNorm} and its gradient. */
final class LayerNorms {
    private LayerNorms() {}

    /** Sizes and operands that forward and backward share; a row is a node of an example. */
    private abstract static class Normed {
        final LayerNorm op;
        final Floats x;
        final Floats gamma;
        final Floats beta;
        final int channels;
        int rows;

        Normed(LayerNorm op, Addresses at) {
            this.op = op;
            x = Floats.of(op.x(), at);
            gamma = Floats.of(op.gamma(), at);
            beta = Floats.of(op.beta(), at);
            channels = op.x().shape().last().size();
        }

        void take(Extents extents) {
            List<Dim> dims = op.x().shape().dims();
            rows = Math.multiplyExact(extents.of(dims.get(0)), extents.of(dims.get(1)));
        }

        double mean(int row) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += x.get((long) row * channels + c);
            }
            return sum / channels;
        }

        /** 1/√(variance + epsilon). */
        double scale(int row, double mean) {
            double squares = 0;
            for (int c = 0; c < channels; c++) {
                double deviation = x.get((long) row * channels + c) - mean;
                squares += deviation * deviation;
            }
            return 1 / Math.sqrt(squares / channels + op.epsilon());
        }

        double affine(int channel, double normalised) {
            return gamma.get(channel) * normalised + beta.get(channel);
        }
    }

    /** An item is a row. */
    static final class Forward extends Normed implements Part {
        private final Floats out;

        Forward(LayerNorm op, Addresses at) {
            super(op, at);
            out = Floats.of(op.out(), at);
        }

        @Override
        public int prepare(Extents extents) {
            take(extents);
            return rows;
        }

        @Override
        public void compute(int row, int block) {
            double mean = mean(row);
            double scale = scale(row, mean);
            for (int c = 0; c < channels; c++) {
                long at = (long) row * channels + c;
                double y = affine(c, (x.get(at) - mean) * scale);
                out.set(at, op.silu() ? Functions.silu(y) : y);
            }
        }
    }

    private abstract static class Backward extends Normed implements Part {
        private final Floats dOut;

        Backward(LayerNorm norm, Norm.Gradient op, Addresses at) {
            super(norm, at);
            dOut = Floats.of(op.dOut(), at);
        }

        /** The gradient by what gamma and beta gave. */
        double dAffine(int channel, long at, double normalised) {
            double d = dOut.get(at);
            return op.silu() ? d * Functions.siluSlope(affine(channel, normalised)) : d;
        }
    }

    /** The gradient by x; an item is a row. */
    static final class RowsBackward extends Backward {
        private final Floats add;
        private final Floats dX;

        RowsBackward(LayerNorm norm, Norm.Gradient op, Addresses at) {
            super(norm, op, at);
            add = Floats.of(op.add(), at);
            dX = Floats.of(op.dX(), at);
        }

        @Override
        public int prepare(Extents extents) {
            take(extents);
            return rows;
        }

        @Override
        public void compute(int row, int block) {
            double centre = mean(row);
            double scale = scale(row, centre);
            double mean = 0;
            double slope = 0;
            for (int c = 0; c < channels; c++) {
                long at = (long) row * channels + c;
                double normalised = (x.get(at) - centre) * scale;
                double d = dAffine(c, at, normalised) * gamma.get(c) / channels;
                mean += d;
                slope += d * normalised;
            }
            for (int c = 0; c < channels; c++) {
                long at = (long) row * channels + c;
                double normalised = (x.get(at) - centre) * scale;
                double d = dAffine(c, at, normalised) * gamma.get(c) - mean - normalised * slope;
                dX.set(at, scale * d + (add.size() > 0 ? add.get(at) : 0));
            }
        }
    }

    /** The gradients by gamma and beta; an item is a channel. */
    static final class ChannelsBackward extends Backward {
        private final Floats dGamma;
        private final Floats dBeta;

        ChannelsBackward(LayerNorm norm, Norm.Gradient op, Addresses at) {
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
            for (int row = 0; row < rows; row++) {
                long at = (long) row * channels + channel;
                double mean = mean(row);
                double normalised = (x.get(at) - mean) * scale(row, mean);
                double d = dAffine(channel, at, normalised);
                gammaSum += d * normalised;
                betaSum += d;
            }
            dGamma.set(channel, gammaSum);
            dBeta.set(channel, betaSum);
        }
    }
}
