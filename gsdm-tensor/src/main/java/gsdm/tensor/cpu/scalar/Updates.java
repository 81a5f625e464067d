package gsdm.tensor.cpu.scalar;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.MovingAverage;
import gsdm.tensor.program.SquaredNorm;
import gsdm.tensor.program.StepState;

/** {@link SquaredNorm}, {@link Adam} and {@link MovingAverage}, over whole blocks. */
final class Updates {
    private static final int EXPONENT = 0x7f800000;

    private Updates() {}

    /** One item. */
    static final class Norm implements Part {
        private final Floats gradients;
        private final Floats losses; // [A, 2]
        private final Floats state;

        Norm(SquaredNorm op, Addresses at) {
            gradients = Floats.of(op.gradients(), at);
            losses = Floats.of(op.losses(), at);
            state = Floats.of(op.state(), at);
        }

        @Override
        public int prepare(Extents extents) {
            return 1;
        }

        @Override
        public void compute(int item, int block) {
            double sum = 0;
            for (long i = 0; i < gradients.size(); i++) {
                double g = gradients.get(i);
                sum += g * g;
            }
            boolean finite = isFinite((float) sum);
            for (long i = 0; i < losses.size(); i += 2) {
                finite &= isFinite(losses.get(i));
            }
            state.set(StepState.SQUARED_NORM, sum);
            state.set(StepState.REFUSED, finite ? 0 : 1);
        }

        private static boolean isFinite(float value) {
            return (Float.floatToRawIntBits(value) & EXPONENT) != EXPONENT;
        }
    }

    /** An item is a run of entries; nothing is done where the step is refused. */
    private abstract static class Entries implements Part {
        private static final int RUN = 4096;

        final Floats state;
        private final Floats parameters;

        Entries(Floats parameters, Floats state) {
            this.parameters = parameters;
            this.state = state;
        }

        @Override
        public int prepare(Extents extents) {
            boolean refused = state.get(StepState.REFUSED) != 0;
            return refused ? 0 : Math.toIntExact(Math.ceilDiv(parameters.size(), RUN));
        }

        @Override
        public void compute(int item, int block) {
            long end = Math.min((item + 1L) * RUN, parameters.size());
            for (long i = (long) item * RUN; i < end; i++) {
                entry(i);
            }
        }

        abstract void entry(long i);

        double state(int entry) {
            return state.get(entry);
        }
    }

    static final class Moments extends Entries {
        private final Floats parameters;
        private final Floats gradients;
        private final Floats moment1;
        private final Floats moment2;
        private double clip;

        Moments(Adam op, Addresses at) {
            super(Floats.of(op.parameters(), at), Floats.of(op.state(), at));
            parameters = Floats.of(op.parameters(), at);
            gradients = Floats.of(op.gradients(), at);
            moment1 = Floats.of(op.moment1(), at);
            moment2 = Floats.of(op.moment2(), at);
        }

        @Override
        public int prepare(Extents extents) {
            double norm = Math.sqrt(state(StepState.SQUARED_NORM));
            clip = Math.min(1, state(StepState.CLIP_NORM) / (norm + Adam.NORM_EPSILON));
            return super.prepare(extents);
        }

        @Override
        void entry(long i) {
            double g = clip * gradients.get(i);
            double beta1 = state(StepState.BETA1);
            double beta2 = state(StepState.BETA2);
            double m = beta1 * moment1.get(i) + (1 - beta1) * g;
            double v = beta2 * moment2.get(i) + (1 - beta2) * g * g;
            double root = Math.sqrt(v / state(StepState.BIAS_CORRECTION2));
            double step = m / state(StepState.BIAS_CORRECTION1) / (root + state(StepState.EPSILON));
            moment1.set(i, m);
            moment2.set(i, v);
            parameters.set(i, parameters.get(i) - state(StepState.LEARNING_RATE) * step);
        }
    }

    static final class Average extends Entries {
        private final Floats average;
        private final Floats parameters;

        Average(MovingAverage op, Addresses at) {
            super(Floats.of(op.parameters(), at), Floats.of(op.state(), at));
            average = Floats.of(op.average(), at);
            parameters = Floats.of(op.parameters(), at);
        }

        @Override
        void entry(long i) {
            double decay = state(StepState.EMA_DECAY);
            average.set(i, decay * average.get(i) + (1 - decay) * parameters.get(i));
        }
    }
}
