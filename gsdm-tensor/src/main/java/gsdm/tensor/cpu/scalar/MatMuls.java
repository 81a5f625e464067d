package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MatMul;

/** {@link MatMul} and {@link MatMul.LinearGradient}. */
final class MatMuls {
    private MatMuls() {}

    /** An item is a row of the product. */
    static final class Forward implements Part {
        private final MatMul op;
        private final Floats a;
        private final Floats b;
        private final Floats bias;
        private final Floats add;
        private final Floats out;
        private int inner;
        private int columns;
        private long rowOfA;
        private long stepOfA;
        private long columnOfB;
        private long stepOfB;

        Forward(MatMul op, Addresses at) {
            this.op = op;
            a = Floats.of(op.a(), at);
            b = Floats.of(op.b(), at);
            bias = Floats.of(op.bias(), at);
            add = Floats.of(op.add(), at);
            out = Floats.of(op.out(), at);
        }

        @Override
        public int prepare(Extents extents) {
            int aColumns = op.a().shape().columns(extents);
            int bColumns = op.b().shape().columns(extents);
            inner = op.transposeA() ? op.a().shape().rows(extents) : aColumns;
            columns = op.out().shape().columns(extents);
            rowOfA = op.transposeA() ? 1 : aColumns;
            stepOfA = op.transposeA() ? aColumns : 1;
            columnOfB = op.transposeB() ? bColumns : 1;
            stepOfB = op.transposeB() ? 1 : bColumns;
            return op.out().shape().rows(extents);
        }

        @Override
        public void compute(int row, int block) {
            for (int l = 0; l < columns; l++) {
                long at = (long) row * columns + l;
                double sum = a.dot(row * rowOfA, stepOfA, b, l * columnOfB, stepOfB, inner);
                if (op.bias().present()) {
                    sum += bias.get(l);
                }
                if (op.add().present()) {
                    sum += add.get(at);
                }
                out.set(at, sum);
            }
        }
    }

    /** An item is a row of the weight's gradient, with its entry of the bias's. */
    static final class LinearBackward implements Part {
        private final MatMul.LinearGradient op;
        private final Floats dOut;
        private final Floats x;
        private final Floats dWeight;
        private final Floats dBias;
        private final Sums sums = new Sums();
        private int rows;
        private int inputs;
        private int outputs;

        LinearBackward(MatMul.LinearGradient op, Addresses at) {
            this.op = op;
            dOut = Floats.of(op.dOut(), at);
            x = Floats.of(op.x(), at);
            dWeight = Floats.of(op.dWeight(), at);
            dBias = Floats.of(op.dBias(), at);
        }

        @Override
        public int prepare(Extents extents) {
            rows = op.x().shape().rows(extents);
            inputs = op.x().shape().columns(extents);
            outputs = op.dOut().shape().columns(extents);
            sums.reserve(inputs);
            return outputs;
        }

        @Override
        public void compute(int l, int block) {
            double[] sum = sums.zeroed(block);
            double total = 0;
            for (long row = 0; row < rows; row++) {
                double d = dOut.get(row * outputs + l);
                x.addTo(sum, d, row * inputs, inputs);
                total += d;
            }
            dWeight.setAll((long) l * inputs, sum, inputs);
            dBias.set(l, total);
        }
    }
}
