package gsdm.graph.model;

import gsdm.tensor.random.RandomStream;

/** One piece of an evaluation: fills a region of the values or of the scratch space. */
@SuppressWarnings("ArrayRecordComponent") // never compared
sealed interface Step {

    void run(Frame frame, long key);

    /**
     * Independent values, one for each kept element, each a function of the key and the element's
     * index in the whole array.
     *
     * @param label of the array's random numbers
     * @param indices kept indices of each axis
     * @param strides of the whole array
     */
    record Fill(
            boolean scratch, int offset, long label, Source source, int[][] indices, long[] strides)
            implements Step {
        @Override
        public void run(Frame frame, long key) {
            long own = RandomStream.fork(key, label);
            float[] to = scratch ? frame.scratch : frame.values;
            run(to, scratch ? offset : offset + frame.offset, own, 0, 0L);
        }

        private int run(float[] to, int at, long key, int axis, long base) {
            if (axis == indices.length) {
                to[at] = source.value(key, base);
                return at + 1;
            }
            int next = at;
            for (int index : indices[axis]) {
                next = run(to, next, key, axis + 1, base + index * strides[axis]);
            }
            return next;
        }
    }

    /**
     * Values of an expression, a strip at a time.
     *
     * @param plates ids of the plates outside the strip
     * @param sizes how many indices of each are kept
     */
    record Compute(
            boolean scratch, int offset, int[] plates, int[] sizes, int strip, CompiledExpr expr)
            implements Step {
        @Override
        public void run(Frame frame, long key) {
            float[] to = scratch ? frame.scratch : frame.values;
            run(frame, to, scratch ? offset : offset + frame.offset, 0);
        }

        private int run(Frame frame, float[] to, int at, int loop) {
            if (loop == plates.length) {
                System.arraycopy(expr.eval(frame), 0, to, at, strip);
                return at + strip;
            }
            int next = at;
            for (int position = 0; position < sizes[loop]; position++) {
                frame.positions[plates[loop]] = position;
                next = run(frame, to, next, loop + 1);
            }
            return next;
        }
    }

    /** Refuses a value of a discrete array that is no category. */
    record Check(String array, ValueKind.Discrete kind, boolean scratch, Region region)
            implements Step {
        @Override
        public void run(Frame frame, long key) {
            float[] values = scratch ? frame.scratch : frame.values;
            int first = region.offset() + (scratch ? 0 : frame.offset);
            for (int place = 0; place < region.count(); place++) {
                if (!kind.has(values[first + place])) {
                    throw new ModelException(
                            ("'%s' has categories 0 to %d, but its expression gives %s at %s:"
                                 + " change the expression or the number of options, or define it"
                                 + " with let if its values are real numbers")
                                    .formatted(
                                            array,
                                            kind.options() - 1,
                                            values[first + place],
                                            region.indices(place)));
                }
            }
        }
    }
}
