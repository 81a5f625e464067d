package gsdm.tensor.cpu.vector.update;

import static gsdm.tensor.cpu.vector.core.Lanes.SPECIES;
import static gsdm.tensor.cpu.vector.core.Raw.ALL;
import static gsdm.tensor.cpu.vector.core.Raw.ORDER;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.core.Lanes;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.StepState;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/** One step of Adam over whole blocks, with the gradient clipped to the norm of the step state. */
public final class AdamKernel implements Kernel {
    private static final float NORM_EPSILON = (float) Adam.NORM_EPSILON;

    private final long parameters;
    private final long gradients;
    private final long moment1;
    private final long moment2;
    private final long state;
    private final long bytes;

    public AdamKernel(Adam op, Addresses addresses) {
        MemorySegment segment = addresses.segment(op.parameters());
        parameters = segment.address();
        bytes = segment.byteSize();
        gradients = addresses.segment(op.gradients()).address();
        moment1 = addresses.segment(op.moment1()).address();
        moment2 = addresses.segment(op.moment2()).address();
        state = addresses.of(op.state());
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {}

    @Override
    public int blocks(int phase) {
        return ParameterBlocks.count(bytes);
    }

    @Override
    public void run(int phase, int block) {
        if (state(StepState.REFUSED) != 0) {
            return;
        }
        float norm = (float) Math.sqrt(state(StepState.SQUARED_NORM));
        float clip = Math.min(1, state(StepState.CLIP_NORM) / (norm + NORM_EPSILON));
        long at = ParameterBlocks.first(block);
        int count = ParameterBlocks.floats(block, bytes);
        float beta1 = state(StepState.BETA1);
        float beta2 = state(StepState.BETA2);
        moments(gradients + at, moment1 + at, clip, beta1, count, false);
        moments(gradients + at, moment2 + at, clip, beta2, count, true);
        update(
                parameters + at,
                moment1 + at,
                moment2 + at,
                state(StepState.LEARNING_RATE) / state(StepState.BIAS_CORRECTION1),
                1 / state(StepState.BIAS_CORRECTION2),
                state(StepState.EPSILON),
                count);
    }

    private float state(int entry) {
        return Raw.get(state + 4L * entry);
    }

    /** moment = beta · moment + (1 − beta) · (clip · gradient), or its square. */
    private static void moments(
            long gradient, long moment, float clip, float beta, int count, boolean squared) {
        FloatVector clips = broadcast(SPECIES, clip);
        FloatVector keep = broadcast(SPECIES, beta);
        FloatVector share = broadcast(SPECIES, 1 - beta);
        for (int i = 0; i < count; i += Lanes.COUNT) {
            long at = 4L * Raw.index(i);
            FloatVector g = fromMemorySegment(SPECIES, ALL, gradient + at, ORDER).mul(clips);
            FloatVector term = squared ? g.mul(g).mul(share) : g.mul(share);
            fromMemorySegment(SPECIES, ALL, moment + at, ORDER)
                    .fma(keep, term)
                    .intoMemorySegment(ALL, moment + at, ORDER);
        }
    }

    private static void update(
            long parameter,
            long moment1,
            long moment2,
            float rate,
            float correction2,
            float epsilon,
            int count) {
        FloatVector rates = broadcast(SPECIES, -rate);
        FloatVector corrections = broadcast(SPECIES, correction2);
        FloatVector epsilons = broadcast(SPECIES, epsilon);
        for (int i = 0; i < count; i += Lanes.COUNT) {
            long at = 4L * Raw.index(i);
            FloatVector spread =
                    fromMemorySegment(SPECIES, ALL, moment2 + at, ORDER)
                            .mul(corrections)
                            .sqrt()
                            .add(epsilons);
            FloatVector step = fromMemorySegment(SPECIES, ALL, moment1 + at, ORDER).div(spread);
            step.fma(rates, fromMemorySegment(SPECIES, ALL, parameter + at, ORDER))
                    .intoMemorySegment(ALL, parameter + at, ORDER);
        }
    }
}
