package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Definitions.Code;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.Residuals;

/** {@link Residuals}: estimates, then definitions and back through them, then what reads a node. */
final class DefinitionResiduals {
    private DefinitionResiduals() {}

    private static double bounded(double x) {
        if (Double.isNaN(x)) {
            return 0;
        }
        if (Double.isInfinite(x)) {
            return Math.copySign(Residuals.BOUND, x);
        }
        double share = x / Residuals.BOUND;
        return x / Math.sqrt(1 + share * share);
    }

    static final class Estimate extends ArrayRuns {
        private final Floats values;
        private final ObservedNodes observed;
        private final Floats levels;
        private final Floats scales;
        private final Floats estimates;

        Estimate(Residuals op, Addresses at) {
            super(op.kinds(), op.bounds(), op.values().shape(), at);
            values = Floats.of(op.values(), at);
            observed = new ObservedNodes(Floats.of(op.observed(), at));
            levels = Floats.of(op.levels(), at);
            scales = Floats.of(op.scales(), at);
            estimates = Floats.of(op.estimates(), at);
        }

        @Override
        void compute(int example, int array, int kind, int first, int end) {
            double level = levels.get(2L * example);
            double signal = levels.get(2L * example + 1);
            double sharpness = Functions.sharpness(level, signal);
            double mean = scales.get(2L * array);
            double factor = scales.get(2L * array + 1);
            int options = kinds.options(kind);
            for (int node = first; node < end; node++) {
                long to = (long) example * kinds.nodes() + node;
                long value = kinds.valueOf(example, node, kind);
                boolean known = observed.contains(to);
                double scaled =
                        options > 1
                                ? category(value, options, sharpness, known)
                                : known ? values.get(value) : signal * values.get(value);
                estimates.set(to, mean + scaled / factor);
            }
        }

        /** The category itself where it is known, else its mean. */
        private double category(long value, int options, double sharpness, boolean known) {
            double largest = values.get(value);
            for (int k = 1; k < options; k++) {
                largest = Math.max(largest, values.get(value + k));
            }
            double sum = 0;
            double total = 0;
            for (int k = 0; k < options; k++) {
                double x = values.get(value + k);
                double weight = known ? x : StrictMath.exp(sharpness * (x - largest));
                sum += k * weight;
                total += weight;
            }
            return known ? sum : sum / total;
        }
    }

    /** Each node's definition, forwards and backwards: the first and the last feature. */
    static final class Evaluate extends ArrayRuns {
        private final Ints pointers;
        private final Ints codes;
        private final Ints operands;
        private final Floats constants;
        private final Floats scales;
        private final Floats estimates;
        private final Floats results;
        private final Floats derivatives;
        private final Floats out;
        private final int features;
        private final Residuals op;
        private int instructions;

        Evaluate(Residuals op, Addresses at) {
            super(op.kinds(), op.bounds(), op.values().shape(), at);
            this.op = op;
            pointers = Ints.of(op.definitions().pointers(), at);
            codes = Ints.of(op.definitions().codes(), at);
            operands = Ints.of(op.definitions().operands(), at);
            constants = Floats.of(op.definitions().constants(), at);
            scales = Floats.of(op.scales(), at);
            estimates = Floats.of(op.estimates(), at);
            results = Floats.of(op.results(), at);
            derivatives = Floats.of(op.derivatives(), at);
            out = Floats.of(op.out(), at);
            features = op.out().shape().last().size();
        }

        @Override
        public int prepare(Extents extents) {
            instructions = op.results().shape().columns(extents);
            return super.prepare(extents);
        }

        @Override
        void compute(int example, int array, int kind, int first, int end) {
            double mean = scales.get(2L * array);
            double factor = scales.get(2L * array + 1);
            long nodes = (long) example * kinds.nodes();
            long tape = (long) example * instructions;
            for (int node = first; node < end; node++) {
                out.fill(0, (nodes + node) * features, features);
                int from = pointers.get(node);
                int to = pointers.get(node + 1L);
                if (from < to) {
                    forwards(tape, nodes, from, to);
                    double result = results.get(tape + to - 1);
                    double residual = (estimates.get(nodes + node) - result) * factor;
                    derivatives.set(tape + to - 1, factor);
                    backwards(tape, from, to);
                    leaveResidual(tape, from, to, residual);
                    long at = (nodes + node) * features + (long) Residuals.FEATURES * array;
                    out.set(at, bounded(residual));
                    out.set(at + 2, bounded((result - mean) * factor));
                }
            }
        }

        private void forwards(long tape, long nodes, int from, int to) {
            results.set(tape + from, given(Code.of(codes.get(from)), nodes, from));
            for (int t = from + 1; t < to; t++) {
                Code code = Code.of(codes.get(t));
                if (code == Code.READ || code == Code.CONSTANT) {
                    results.set(tape + t, given(code, nodes, t));
                } else {
                    double left = results.get(tape + from + operands.get(t));
                    results.set(tape + t, apply(code, left, results.get(tape + t - 1)));
                }
            }
        }

        /**
         * Leaves the residual where an instruction reads, in place of a result not needed again.
         */
        private void leaveResidual(long tape, int from, int to, double residual) {
            for (int t = from; t < to; t++) {
                if (Code.of(codes.get(t)) == Code.READ) {
                    results.set(tape + t, residual);
                }
            }
        }

        /** What a read or a constant gives: every definition begins with one. */
        private double given(Code code, long nodes, int t) {
            return code == Code.READ ? estimates.get(nodes + operands.get(t)) : constants.get(t);
        }

        private static double apply(Code code, double left, double x) {
            return switch (code) {
                case RELU -> Math.max(x, 0);
                case TANH -> StrictMath.tanh(x);
                case EXP -> StrictMath.exp(x);
                case PLUS -> left + x;
                case MINUS -> left - x;
                case TIMES -> left * x;
                case MAX -> Math.max(left, x);
                case READ, CONSTANT -> throw new IllegalArgumentException(code + " has no operand");
            };
        }

        /**
         * The first instruction has no operands. Were it in the loop, C2 would move the check of
         * its right one, at −1 in the first definition, before the loop, fail there and compile the
         * method anew, again and again; so with {@link #forwards}.
         */
        private void backwards(long tape, int from, int to) {
            for (int t = to - 1; t > from; t--) {
                Code code = Code.of(codes.get(t));
                double by = derivatives.get(tape + t);
                long right = tape + t - 1;
                long left = tape + from + operands.get(t);
                switch (code) {
                    case READ, CONSTANT -> {}
                    case RELU -> derivatives.set(right, results.get(right) > 0 ? by : 0);
                    case TANH -> {
                        double y = results.get(tape + t);
                        derivatives.set(right, by * (1 - y * y));
                    }
                    case EXP -> derivatives.set(right, by * results.get(tape + t));
                    case PLUS -> {
                        derivatives.set(left, by);
                        derivatives.set(right, by);
                    }
                    case MINUS -> {
                        derivatives.set(left, by);
                        derivatives.set(right, -by);
                    }
                    case TIMES -> {
                        derivatives.set(left, by * results.get(right));
                        derivatives.set(right, by * results.get(left));
                    }
                    case MAX -> {
                        boolean other = results.get(right) > results.get(left);
                        derivatives.set(left, other ? 0 : by);
                        derivatives.set(right, other ? by : 0);
                    }
                }
            }
        }
    }

    /** What reads a node asks it to move by: the feature in the middle. */
    static final class Ask extends ArrayRuns {
        private final Ints pointers;
        private final Ints reads;
        private final Floats scales;
        private final Floats results;
        private final Floats derivatives;
        private final Floats out;
        private final int features;
        private final Residuals op;
        private int instructions;

        Ask(Residuals op, Addresses at) {
            super(op.kinds(), op.bounds(), op.values().shape(), at);
            this.op = op;
            pointers = Ints.of(op.definitions().readPointers(), at);
            reads = Ints.of(op.definitions().reads(), at);
            scales = Floats.of(op.scales(), at);
            results = Floats.of(op.results(), at);
            derivatives = Floats.of(op.derivatives(), at);
            out = Floats.of(op.out(), at);
            features = op.out().shape().last().size();
        }

        @Override
        public int prepare(Extents extents) {
            instructions = op.results().shape().columns(extents);
            return super.prepare(extents);
        }

        @Override
        void compute(int example, int array, int kind, int first, int end) {
            double factor = scales.get(2L * array + 1);
            long tape = (long) example * instructions;
            for (int node = first; node < end; node++) {
                double pull = 0;
                double curvature = 0;
                int to = pointers.get(node + 1L);
                for (int i = pointers.get(node); i < to; i++) {
                    long read = tape + reads.get(i);
                    double derivative = derivatives.get(read) / factor;
                    if (derivative != 0) {
                        pull += results.get(read) * derivative;
                        curvature += derivative * derivative;
                    }
                }
                double step = pull / (1 + curvature);
                long row = ((long) example * kinds.nodes() + node) * features;
                out.set(row + (long) Residuals.FEATURES * array + 1, bounded(step));
            }
        }
    }
}
