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
        private final Floats losses; // [A]
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
            for (long i = 0; i < losses.size(); i++) {
                finite &= isFinite(losses.get(i));
            }
            state.set(StepState.SQUARED_NORM, sum);
            state.set(StepState.REFUSED, finite ? 0 : 1);
        }

        private static boolean isFinite(float value) {
            return (Float.floatToRawIntBits(value) & EXPONENT) != EXPONENT;
        }
    }

    /** What gradients are multiplied by: to the clip norm, if theirs is larger. */
    static double clip(Floats state) {
        double norm = Math.sqrt(state.get(StepState.SQUARED_NORM));
        return Math.min(1, state.get(StepState.CLIP_NORM) / (norm + Adam.NORM_EPSILON));
    }

    /** An item is a slot; nothing is done where the step is refused. */
    static final class Moments implements Part {
        private final Floats state;
        private final Floats[] parameters;
        private final Floats[] gradients;
        private final Floats[] moment1;
        private final Floats[] moment2;
        private double clip;

        Moments(Adam op, Addresses at) {
            state = Floats.of(op.state(), at);
            parameters = Floats.of(op.parameters(), op.indices(), at);
            gradients = Floats.of(op.gradients(), op.indices(), at);
            moment1 = Floats.of(op.moment1(), op.indices(), at);
            moment2 = Floats.of(op.moment2(), op.indices(), at);
        }

        @Override
        public int prepare(Extents extents) {
            clip = clip(state);
            return state.get(StepState.REFUSED) == 0 ? parameters.length : 0;
        }

        @Override
        public void compute(int item, int block) {
            double rate = state.get(StepState.LEARNING_RATE);
            double beta1 = state.get(StepState.BETA1);
            double beta2 = state.get(StepState.BETA2);
            for (long i = 0; i < parameters[item].size(); i++) {
                double g = clip * gradients[item].get(i);
                double m = beta1 * moment1[item].get(i) + (1 - beta1) * g;
                double v = beta2 * moment2[item].get(i) + (1 - beta2) * g * g;
                double root = Math.sqrt(v / state.get(StepState.BIAS_CORRECTION2));
                double mean = m / state.get(StepState.BIAS_CORRECTION1);
                double step = mean / (root + state.get(StepState.EPSILON));
                moment1[item].set(i, m);
                moment2[item].set(i, v);
                parameters[item].set(i, parameters[item].get(i) - rate * step);
            }
        }
    }

    /** An item is a run of entries; nothing is done where the step is refused. */
    static final class Average implements Part {
        private static final int RUN = 4096;

        private final Floats state;
        private final Floats average;
        private final Floats parameters;

        Average(MovingAverage op, Addresses at) {
            state = Floats.of(op.state(), at);
            average = Floats.of(op.average(), at);
            parameters = Floats.of(op.parameters(), at);
        }

        @Override
        public int prepare(Extents extents) {
            boolean refused = state.get(StepState.REFUSED) != 0;
            return refused ? 0 : Math.toIntExact(Math.ceilDiv(average.size(), RUN));
        }

        @Override
        public void compute(int item, int block) {
            double decay = state.get(StepState.EMA_DECAY);
            long end = Math.min((item + 1L) * RUN, average.size());
            for (long i = (long) item * RUN; i < end; i++) {
                average.set(i, decay * average.get(i) + (1 - decay) * parameters.get(i));
            }
        }
    }
}
