package gsdm.nn.train;

/** A loss or a gradient was not finite; the parameters are those before the step. */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long step;

    DivergedException(long step, String what) {
        super(
                what
                        + " at step "
                        + step
                        + " is not finite; go on from an earlier checkpoint with a lower learning"
                        + " rate or clip norm, or more warm-up");
        this.step = step;
    }

    /** The step that was refused, counted from 1. */
    public long step() {
        return step;
    }
}
