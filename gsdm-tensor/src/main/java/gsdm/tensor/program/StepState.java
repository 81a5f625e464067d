package gsdm.tensor.program;

/**
 * The numbers that change from step to step, as entries of one small float slot of {@link #SIZE}
 * elements. Ops hold slots and shapes only, so a backend that bakes constants into kernels (an
 * accelerator) needs no new compilation when the learning rate moves.
 */
public final class StepState {
    /** The step size. */
    public static final int LEARNING_RATE = 0;

    /** Decay of Adam's first moment. */
    public static final int BETA1 = 1;

    /** Decay of Adam's second moment. */
    public static final int BETA2 = 2;

    /** Added to the root of the second moment. */
    public static final int EPSILON = 3;

    /** 1 − β₁ᵗ at the present step t (1-based). */
    public static final int BIAS_CORRECTION1 = 4;

    /** 1 − β₂ᵗ at the present step t (1-based). */
    public static final int BIAS_CORRECTION2 = 5;

    /**
     * Largest norm of all gradients together; they are scaled down to it. Infinity: no clipping.
     */
    public static final int CLIP_NORM = 6;

    /** Share of the averaged parameters kept in a step of the exponential moving average. */
    public static final int EMA_DECAY = 7;

    /** Written by {@link SquaredNorm}: the sum of the squares of all gradients. */
    public static final int SQUARED_NORM = 8;

    /**
     * Written by {@link SquaredNorm}: 1 if the norm or a loss is not finite and the step is
     * refused, or 0.
     */
    public static final int REFUSED = 9;

    /** Share of Muon's momentum kept in a step. */
    public static final int MOMENTUM = 10;

    /** The number of elements of a step-state slot. */
    public static final int SIZE = 16;

    private StepState() {}
}
