package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Loss;

/** {@link Loss} and its gradient. */
final class Losses {
    private Losses() {}

    /** An item is an array of values. */
    static final class Forward implements Part {
        private final Loss op;
        private final Floats prediction;
        private final Floats target;
        private final Floats weight;
        private final Ints bounds;
        private final Floats out;
        private int batch;
        private int values;

        Forward(Loss op, Addresses at) {
            this.op = op;
            prediction = Floats.of(op.prediction(), at);
            target = Floats.of(op.target(), at);
            weight = Floats.of(op.weight(), at);
            bounds = Ints.of(op.bounds(), at);
            out = Floats.of(op.out(), at);
        }

        @Override
        public int prepare(Extents extents) {
            batch = op.prediction().shape().rows(extents);
            values = op.prediction().shape().columns(extents);
            return op.out().shape().columns(extents);
        }

        @Override
        public void compute(int array, int block) {
            double sum = 0;
            for (int b = 0; b < batch; b++) {
                for (int x = bounds.get(array); x < bounds.get(array + 1L); x++) {
                    sum += term((long) b * values + x);
                }
            }
            out.set(array, sum);
        }

        private double term(long at) {
            double p = prediction.get(at);
            double t = target.get(at);
            return weight.get(at)
                    * switch (op.criterion()) {
                        case SQUARED_ERROR -> (p - t) * (p - t);
                        case CROSS_ENTROPY ->
                                -t * StrictMath.log(Math.max(p, Loss.Criterion.LEAST));
                    };
        }
    }

    /** An item is an example. */
    static final class Backward implements Part {
        private final Loss op;
        private final Floats prediction;
        private final Floats target;
        private final Floats weight;
        private final Floats dPrediction;
        private int values;

        Backward(Loss.Gradient op, Addresses at) {
            this.op = op.loss();
            prediction = Floats.of(op.loss().prediction(), at);
            target = Floats.of(op.loss().target(), at);
            weight = Floats.of(op.loss().weight(), at);
            dPrediction = Floats.of(op.dPrediction(), at);
        }

        @Override
        public int prepare(Extents extents) {
            values = op.prediction().shape().columns(extents);
            return op.prediction().shape().rows(extents);
        }

        @Override
        public void compute(int example, int block) {
            long start = (long) example * values;
            for (int x = 0; x < values; x++) {
                long at = start + x;
                dPrediction.set(at, weight.get(at) * slope(prediction.get(at), target.get(at)));
            }
        }

        private double slope(double p, double t) {
            return switch (op.criterion()) {
                case SQUARED_ERROR -> 2 * (p - t);
                case CROSS_ENTROPY -> p < Loss.Criterion.LEAST ? 0 : -t / p;
            };
        }
    }
}
