package gsdm.tensor.cpu.vector.update;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.core.AdamLoops;
import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.StepState;

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
        parameters = addresses.segment(op.parameters()).address();
        bytes = addresses.bytes(op.parameters());
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
        AdamLoops.moment(gradients + at, moment1 + at, clip, beta1, count, false);
        AdamLoops.moment(gradients + at, moment2 + at, clip, beta2, count, true);
        AdamLoops.update(
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
}
