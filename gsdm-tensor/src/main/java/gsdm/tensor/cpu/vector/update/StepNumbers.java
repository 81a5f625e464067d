package gsdm.tensor.cpu.vector.update;

import gsdm.tensor.cpu.vector.core.Raw;
import gsdm.tensor.program.Adam;
import gsdm.tensor.program.StepState;

/** The step state in memory. */
record StepNumbers(long address) {
    private static final float NORM_EPSILON = (float) Adam.NORM_EPSILON;

    float get(int entry) {
        return Raw.get(address + 4L * entry);
    }

    boolean refused() {
        return get(StepState.REFUSED) != 0;
    }

    /** What gradients are multiplied by: to the clip norm, if theirs is larger. */
    float clip() {
        float norm = (float) Math.sqrt(get(StepState.SQUARED_NORM));
        return Math.min(1, get(StepState.CLIP_NORM) / (norm + NORM_EPSILON));
    }
}
