package gsdm.tensor.cpu.vector.update;

import gsdm.tensor.cpu.Addresses;
import gsdm.tensor.cpu.Kernel;
import gsdm.tensor.cpu.vector.core.AdamLoops;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.Extents;
import gsdm.tensor.program.StepState;

import java.lang.foreign.MemorySegment;

/** One step of Adam over slots, with the gradient clipped to the norm of the step state. */
public final class AdamKernel implements Kernel {
    private final long parameters;
    private final long gradients;
    private final long moment1;
    private final long moment2;
    private final StepNumbers state;
    private final SlotPiece[] pieces;

    public AdamKernel(Adam op, Addresses addresses) {
        parameters = addresses.segment(op.parameters()).address();
        gradients = addresses.segment(op.gradients()).address();
        moment1 = addresses.segment(op.moment1()).address();
        moment2 = addresses.segment(op.moment2()).address();
        state = new StepNumbers(addresses.of(op.state()));
        pieces = SlotPiece.of(op.parameters(), op.indices());
    }

    @Override
    public void prepare(Extents extents, MemorySegment workspace) {}

    @Override
    public int blocks(int phase) {
        return pieces.length;
    }

    @Override
    public void run(int phase, int block) {
        if (state.refused()) {
            return;
        }
        float clip = state.clip();
        long at = pieces[block].first();
        int count = pieces[block].floats();
        float beta1 = state.get(StepState.BETA1);
        float beta2 = state.get(StepState.BETA2);
        AdamLoops.moment(gradients + at, moment1 + at, clip, beta1, count, false);
        AdamLoops.moment(gradients + at, moment2 + at, clip, beta2, count, true);
        AdamLoops.update(
                parameters + at,
                moment1 + at,
                moment2 + at,
                state.get(StepState.LEARNING_RATE) / state.get(StepState.BIAS_CORRECTION1),
                1 / state.get(StepState.BIAS_CORRECTION2),
                state.get(StepState.EPSILON),
                count);
    }
}
