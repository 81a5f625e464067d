package gsdm.tensor.cpu.vector.values;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.blocks.FlatKernel;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Loss;

import java.lang.foreign.MemorySegment;

/**
 * {@link Loss} and its gradient: plain loops in double precision, since they touch a number or two
 * a node where everything else touches all its channels.
 */
public final class LossKernels {
    private LossKernels() {}

    /** A block is an array of values. */
    public static final class Forward implements Kernel {
        private final Loss op;
        private final long prediction;
        private final long target;
        private final long weight;
        private final long bounds;
        private final long out;
        private int batch;
        private int values;
        private int arrays;

        public Forward(Loss op, Addresses at) {
            this.op = op;
            prediction = at.of(op.prediction());
            target = at.of(op.target());
            weight = at.of(op.weight());
            bounds = at.of(op.bounds());
            out = at.of(op.out());
        }

        @Override
        public void prepare(Extents extents, MemorySegment workspace) {
            batch = op.prediction().shape().rows(extents);
            values = op.prediction().shape().columns(extents);
            arrays = op.out().shape().columns(extents);
        }

        @Override
        public int blocks(int phase) {
            return arrays;
        }

        @Override
        public void run(int phase, int array) {
            int first = Raw.getInt(bounds + 4L * array);
            int count = Raw.getInt(bounds + 4L * (array + 1)) - first;
            double sum = 0;
            for (int example = 0; example < batch; example++) {
                long at = 4L * ((long) example * values + first);
                sum +=
                        switch (op.criterion()) {
                            case SQUARED_ERROR ->
                                    squares(prediction + at, target + at, weight + at, count);
                            case CROSS_ENTROPY ->
                                    crossEntropy(prediction + at, target + at, weight + at, count);
                        };
            }
            Raw.put(out + 4L * array, (float) sum);
        }

        private static double squares(long prediction, long target, long weight, int count) {
            double sum = 0;
            for (int i = 0; i < count; i++) {
                long o = 4L * Raw.index(i);
                double difference = (double) Raw.get(prediction + o) - Raw.get(target + o);
                sum += Raw.get(weight + o) * difference * difference;
            }
            return sum;
        }

        private static double crossEntropy(long prediction, long target, long weight, int count) {
            double sum = 0;
            for (int i = 0; i < count; i++) {
                long o = 4L * Raw.index(i);
                double p = Math.max(Raw.get(prediction + o), Loss.Criterion.LEAST);
                sum -= (double) Raw.get(weight + o) * Raw.get(target + o) * StrictMath.log(p);
            }
            return sum;
        }
    }

    public static final class Backward extends FlatKernel {
        private final Loss op;
        private final long prediction;
        private final long target;
        private final long weight;
        private final long dPrediction;

        public Backward(Loss.Gradient op, Addresses at) {
            this.op = op.loss();
            prediction = at.of(this.op.prediction());
            target = at.of(this.op.target());
            weight = at.of(this.op.weight());
            dPrediction = at.of(op.dPrediction());
        }

        @Override
        protected long count(Extents extents) {
            return op.prediction().shape().size(extents);
        }

        @Override
        protected void compute(long at, int whole, int elements) {
            for (int i = 0; i < elements; i++) {
                long o = at + 4L * Raw.index(i);
                double p = Raw.get(prediction + o);
                double t = Raw.get(target + o);
                double slope =
                        switch (op.criterion()) {
                            case SQUARED_ERROR -> 2 * (p - t);
                            case CROSS_ENTROPY -> p < Loss.Criterion.LEAST ? 0 : -t / p;
                        };
                Raw.put(dPrediction + o, (float) (Raw.get(weight + o) * slope));
            }
        }
    }
}
