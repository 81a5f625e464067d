package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Blend;
import gsdm.tensor.program.Clamp;
import gsdm.tensor.program.NodeKind;
import gsdm.tensor.program.Normals;
import gsdm.tensor.program.Standardise;
import gsdm.tensor.random.RandomStream;

import java.util.List;

/** {@link Standardise}, {@link Normals}, {@link Blend} and {@link Clamp}. */
final class Diffusions {
    private Diffusions() {}

    static final class Scale extends ArrayRuns {
        private final Floats values;
        private final Floats scales;
        private final Floats out;

        Scale(Standardise op, Addresses at) {
            // The kind of a node does not matter: each value is as good as a node of its own.
            super(
                    List.of(new NodeKind(op.out().shape().last(), 1)),
                    op.bounds(),
                    op.out().shape(),
                    at);
            values = Floats.of(op.values(), at);
            scales = Floats.of(op.scales(), at);
            out = Floats.of(op.out(), at);
        }

        @Override
        void compute(int example, int array, int kind, int first, int end) {
            float mean = scales.get(2L * array);
            float factor = scales.get(2L * array + 1);
            long value = kinds.valueOf(example, first, kind);
            int count = end - first;
            for (int i = 0; i < count; i++) {
                out.set(value + i, (values.get(value + i) - mean) * factor);
            }
        }
    }

    static final class Draw extends ArrayRuns {
        private final Ints keys;
        private final Ints index;
        private final Floats out;

        Draw(Normals op, Addresses at) {
            super(op.kinds(), op.bounds(), op.out().shape(), at);
            keys = Ints.of(op.keys(), at);
            index = Ints.of(op.index(), at);
            out = Floats.of(op.out(), at);
        }

        /** Nodes are next to each other in the whole model too, or runs of them are. */
        @Override
        void compute(int example, int array, int kind, int first, int end) {
            long key = RandomStream.fork(keys.getLong(2L * example), array);
            int options = kinds.options(kind);
            for (int node = first; node < end; ) {
                int next = node + 1;
                while (next < end && index.get(next) == index.get(next - 1L) + 1) {
                    next++;
                }
                RandomStream.fillNormal(
                        key,
                        (long) index.get(node) * options,
                        out.segment(),
                        Float.BYTES * kinds.valueOf(example, node, kind),
                        (next - node) * options);
                node = next;
            }
        }
    }

    static final class Mix extends KindRuns {
        private final Blend op;
        private final Floats[] operands;
        private final Floats coefficients;
        private final Floats held;
        private final ObservedNodes observed;
        private final Floats out;

        Mix(Blend op, Addresses at) {
            super(op.kinds(), op.out().shape());
            this.op = op;
            operands = op.operands().stream().map(o -> Floats.of(o, at)).toArray(Floats[]::new);
            coefficients = Floats.of(op.coefficients(), at);
            held = Floats.of(op.held(), at);
            observed = new ObservedNodes(Floats.of(op.observed(), at));
            out = Floats.of(op.out(), at);
        }

        /** Operand by operand: each sum is rounded by being stored. */
        @Override
        void compute(int example, int kind, int first, int end) {
            long value = kinds.valueOf(example, first, kind);
            int options = kinds.options(kind);
            int count = (end - first) * options;
            if (op.discreteHeld() && options > 1) {
                out.copy(held, value, count);
                return;
            }
            for (int k = 0; k < operands.length; k++) {
                float coefficient = coefficients.get((long) example * operands.length + k);
                if (k == 0) {
                    start(coefficient, operands[k], value, count);
                } else {
                    add(coefficient, operands[k], value, count);
                }
            }
            if (op.observed().present()) {
                hold((long) example * kinds.nodes() + first, end - first, value, options);
            }
        }

        private void start(float coefficient, Floats operand, long value, int count) {
            for (int i = 0; i < count; i++) {
                out.set(value + i, coefficient * operand.get(value + i));
            }
        }

        private void add(float coefficient, Floats operand, long value, int count) {
            for (int i = 0; i < count; i++) {
                out.set(value + i, out.get(value + i) + coefficient * operand.get(value + i));
            }
        }

        private void hold(long node, int nodes, long value, int options) {
            int alike;
            for (int n = 0; n < nodes; n += alike) {
                alike = observed.alike(node + n, nodes - n);
                if (observed.contains(node + n)) {
                    out.copy(held, value + (long) n * options, alike * options);
                }
            }
        }
    }

    static final class Limit extends KindRuns {
        private final float limit;
        private final Floats x;
        private final Floats out;

        Limit(Clamp op, Addresses at) {
            super(op.kinds(), op.out().shape());
            limit = op.limit();
            x = Floats.of(op.x(), at);
            out = Floats.of(op.out(), at);
        }

        @Override
        void compute(int example, int kind, int first, int end) {
            long value = kinds.valueOf(example, first, kind);
            int count = (end - first) * kinds.options(kind);
            float most = kinds.options(kind) == 1 ? limit : Float.POSITIVE_INFINITY;
            for (int i = 0; i < count; i++) {
                out.set(value + i, Math.clamp(x.get(value + i), -most, most));
            }
        }
    }
}
