package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Loss;

/** {@link Loss} and its gradient. */
final class Losses {
    private Losses() {}

    /** Where the weight of an example's values of that kind is. */
    private static long weight(int example, int options) {
        return 2L * example + (options > 1 ? 1 : 0);
    }

    /** An item is an array of values. */
    static final class Forward implements Part {
        private final Loss op;
        private final Kinds kinds;
        private final Floats prediction;
        private final Floats target;
        private final ObservedNodes observed;
        private final Ints bounds;
        private final Floats arrayWeights;
        private final Floats exampleWeights;
        private final Floats out;
        private final Floats errors;
        private final int arrays;
        private int batch;

        Forward(Loss op, Addresses at) {
            this.op = op;
            kinds = new Kinds(op.kinds());
            prediction = Floats.of(op.prediction(), at);
            target = Floats.of(op.target(), at);
            observed = new ObservedNodes(Floats.of(op.observed(), at));
            bounds = Ints.of(op.bounds(), at);
            arrayWeights = Floats.of(op.arrayWeights(), at);
            exampleWeights = Floats.of(op.exampleWeights(), at);
            out = Floats.of(op.out(), at);
            errors = Floats.of(op.errors(), at);
            arrays = op.out().shape().last().size();
        }

        @Override
        public int prepare(Extents extents) {
            kinds.prepare(extents);
            batch = op.prediction().shape().rows(extents);
            return arrays;
        }

        @Override
        public void compute(int array, int block) {
            double weighted = 0;
            for (int b = 0; b < batch; b++) {
                double total = 0;
                for (int kind = 0; kind < kinds.count(); kind++) {
                    int first = kinds.nodeFrom(kind, bounds.get(array));
                    int end = kinds.nodeFrom(kind, bounds.get(array + 1L));
                    double error = error(b, kind, first, end);
                    weighted += exampleWeights.get(weight(b, kinds.options(kind))) * error;
                    total += error;
                }
                errors.set((long) b * arrays + array, total);
            }
            out.set(array, arrayWeights.get(array) * weighted);
        }

        private double error(int example, int kind, int first, int end) {
            long start = (long) example * kinds.nodes();
            double sum = 0;
            int alike;
            for (int node = first; node < end; node += alike) {
                alike = observed.alike(start + node, end - node);
                if (!observed.contains(start + node)) {
                    long at = kinds.valueOf(example, node, kind);
                    int count = alike * kinds.options(kind);
                    sum +=
                            switch (op.criteria().get(kind)) {
                                case SQUARED_ERROR -> squares(at, count);
                                case CROSS_ENTROPY -> crossEntropy(at, count);
                            };
                }
            }
            return sum;
        }

        private double squares(long at, int count) {
            double sum = 0;
            for (int i = 0; i < count; i++) {
                double difference = (double) prediction.get(at + i) - target.get(at + i);
                sum += difference * difference;
            }
            return sum;
        }

        private double crossEntropy(long at, int count) {
            double sum = 0;
            for (int i = 0; i < count; i++) {
                double p = Math.max(prediction.get(at + i), Loss.Criterion.LEAST);
                sum -= target.get(at + i) * StrictMath.log(p);
            }
            return sum;
        }
    }

    static final class Backward extends ArrayRuns {
        private final Loss op;
        private final Floats prediction;
        private final Floats target;
        private final ObservedNodes observed;
        private final Floats arrayWeights;
        private final Floats exampleWeights;
        private final Floats dPrediction;

        Backward(Loss.Gradient gradient, Addresses at) {
            super(
                    gradient.loss().kinds(),
                    gradient.loss().bounds(),
                    gradient.dPrediction().shape(),
                    at);
            op = gradient.loss();
            prediction = Floats.of(op.prediction(), at);
            target = Floats.of(op.target(), at);
            observed = new ObservedNodes(Floats.of(op.observed(), at));
            arrayWeights = Floats.of(op.arrayWeights(), at);
            exampleWeights = Floats.of(op.exampleWeights(), at);
            dPrediction = Floats.of(gradient.dPrediction(), at);
        }

        @Override
        void compute(int example, int array, int kind, int first, int end) {
            double weight = arrayWeights.get(array);
            weight *= exampleWeights.get(weight(example, kinds.options(kind)));
            long start = (long) example * kinds.nodes();
            int alike;
            for (int node = first; node < end; node += alike) {
                alike = observed.alike(start + node, end - node);
                long at = kinds.valueOf(example, node, kind);
                int count = alike * kinds.options(kind);
                if (observed.contains(start + node)) {
                    dPrediction.fill(0, at, count);
                } else {
                    switch (op.criteria().get(kind)) {
                        case SQUARED_ERROR -> squares(weight, at, count);
                        case CROSS_ENTROPY -> crossEntropy(weight, at, count);
                    }
                }
            }
        }

        private void squares(double weight, long at, int count) {
            for (int i = 0; i < count; i++) {
                double difference = (double) prediction.get(at + i) - target.get(at + i);
                dPrediction.set(at + i, weight * (2 * difference));
            }
        }

        private void crossEntropy(double weight, long at, int count) {
            for (int i = 0; i < count; i++) {
                double p = prediction.get(at + i);
                double slope = p < Loss.Criterion.LEAST ? 0 : -target.get(at + i) / p;
                dPrediction.set(at + i, weight * slope);
            }
        }
    }
}
