package gsdm.nn.reference;

/**
 * How far one recorded run is from ours, as max |difference| / max(max |tensor|, 1e-4 · the largest
 * gradient entry of the file), the largest over the tensors compared.
 *
 * @param name of the fixture
 * @param tensors how many were compared
 * @param output error of the prediction
 * @param loss error of the loss
 * @param gradients error of the gradients
 * @param worstGradient the parameter whose gradient is furthest, by the reference's name
 * @param ddim error of the end of a DDIM run
 */
public record FixtureReport(
        String name,
        int tensors,
        double output,
        double loss,
        double gradients,
        String worstGradient,
        double ddim) {
    /**
     * The largest error allowed of outputs, losses and DDIM results: some thirty times what single
     * precision makes of them, and small enough that a parameter off by 1% is noticed.
     */
    public static final double OUTPUT_TOLERANCE = 1e-5;

    /** The largest error allowed of gradients, some of which are rounding noise on both sides. */
    public static final double GRADIENT_TOLERANCE = 1e-3;

    /** Whether all errors are within their tolerance; not if one is NaN. */
    public boolean passed() {
        return output <= OUTPUT_TOLERANCE
                && loss <= OUTPUT_TOLERANCE
                && gradients <= GRADIENT_TOLERANCE
                && ddim <= OUTPUT_TOLERANCE;
    }
}
