package gsdm.graph.model;

import java.util.Arrays;

/**
 * A compiled expression: computes a strip of consecutive elements at a time, into a buffer of its
 * own, so that the tree is walked once a strip and not once an element.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
sealed interface CompiledExpr {

    /** The strip at the frame's positions; valid until the next call. */
    float[] eval(Frame frame);

    /** The same number everywhere. */
    record Constant(float[] strip) implements CompiledExpr {
        static Constant of(float value, int length) {
            float[] strip = new float[length];
            Arrays.fill(strip, value);
            return new Constant(strip);
        }

        @Override
        public float[] eval(Frame frame) {
            return strip;
        }
    }

    /**
     * Gathers elements of an array.
     *
     * @param plates ids of the plates of surrounding loops that the address depends on
     * @param outer what each position of those plates adds to the address
     * @param inner what each element of the strip adds to it
     */
    record Read(boolean scratch, int base, int[] plates, int[][] outer, int[] inner, float[] strip)
            implements CompiledExpr {
        @Override
        public float[] eval(Frame frame) {
            float[] from = scratch ? frame.scratch : frame.values;
            int at = base + (scratch ? 0 : frame.offset);
            for (int i = 0; i < plates.length; i++) {
                at += outer[i][frame.positions[plates[i]]];
            }
            for (int t = 0; t < strip.length; t++) {
                strip[t] = from[at + inner[t]];
            }
            return strip;
        }
    }

    /** A function of one strip. */
    record Unary(Expr.Function function, CompiledExpr of, float[] strip) implements CompiledExpr {
        @Override
        public float[] eval(Frame frame) {
            float[] x = of.eval(frame);
            switch (function) {
                case RELU -> {
                    for (int t = 0; t < strip.length; t++) {
                        strip[t] = Math.max(x[t], 0f);
                    }
                }
                case TANH -> {
                    for (int t = 0; t < strip.length; t++) {
                        strip[t] = (float) StrictMath.tanh(x[t]);
                    }
                }
                case EXP -> {
                    for (int t = 0; t < strip.length; t++) {
                        strip[t] = (float) StrictMath.exp(x[t]);
                    }
                }
            }
            return strip;
        }
    }

    /** A function of two strips. */
    record Binary(Expr.Operation operation, CompiledExpr left, CompiledExpr right, float[] strip)
            implements CompiledExpr {
        @Override
        public float[] eval(Frame frame) {
            float[] x = left.eval(frame);
            float[] y = right.eval(frame);
            switch (operation) {
                case PLUS -> {
                    for (int t = 0; t < strip.length; t++) {
                        strip[t] = x[t] + y[t];
                    }
                }
                case MINUS -> {
                    for (int t = 0; t < strip.length; t++) {
                        strip[t] = x[t] - y[t];
                    }
                }
                case TIMES -> {
                    for (int t = 0; t < strip.length; t++) {
                        strip[t] = x[t] * y[t];
                    }
                    if (frame.unknowns) {
                        cancel(x, y);
                    }
                }
                case MAX -> {
                    for (int t = 0; t < strip.length; t++) {
                        strip[t] = Math.max(x[t], y[t]);
                    }
                }
            }
            return strip;
        }

        /** Zero times an unknown value is zero. */
        private void cancel(float[] x, float[] y) {
            for (int t = 0; t < strip.length; t++) {
                if (Float.isNaN(x[t]) ? y[t] == 0 : Float.isNaN(y[t]) && x[t] == 0) {
                    strip[t] = 0;
                }
            }
        }
    }

    /**
     * Strips combined over every position of the bound plates.
     *
     * @param plates ids of the bound plates
     * @param sizes their whole sizes
     */
    record Reduce(
            Expr.Reduction reduction, int[] plates, int[] sizes, CompiledExpr body, float[] strip)
            implements CompiledExpr {
        @Override
        public float[] eval(Frame frame) {
            Arrays.fill(strip, reduction == Expr.Reduction.MAX ? Float.NEGATIVE_INFINITY : 0f);
            run(frame, 0);
            if (reduction == Expr.Reduction.MEAN) {
                float count = 1;
                for (int size : sizes) {
                    count *= size;
                }
                for (int t = 0; t < strip.length; t++) {
                    strip[t] /= count;
                }
            }
            return strip;
        }

        private void run(Frame frame, int loop) {
            if (loop == plates.length) {
                add(body.eval(frame));
                return;
            }
            for (int position = 0; position < sizes[loop]; position++) {
                frame.positions[plates[loop]] = position;
                run(frame, loop + 1);
            }
        }

        private void add(float[] x) {
            if (reduction == Expr.Reduction.MAX) {
                for (int t = 0; t < strip.length; t++) {
                    strip[t] = Math.max(strip[t], x[t]);
                }
            } else {
                for (int t = 0; t < strip.length; t++) {
                    strip[t] += x[t];
                }
            }
        }
    }
}
