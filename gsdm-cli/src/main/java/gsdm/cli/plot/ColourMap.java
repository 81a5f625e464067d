package gsdm.cli.plot;

/** Numbers as colours: blue below zero, white at zero, red above; grey where there is none. */
final class ColourMap {

    static final int MISSING = 0xb0b0b0;

    private static final int[] BELOW = {0x21, 0x66, 0xac};
    private static final int[] ABOVE = {0xb2, 0x18, 0x2b};

    private ColourMap() {}

    /**
     * The colour of a value.
     *
     * @param range the absolute value of the strongest colours, positive
     * @return red, green and blue, eight bits each
     */
    static int colour(double value, double range) {
        if (!Double.isFinite(value)) {
            return MISSING;
        }
        double strength = Math.min(1, Math.abs(value) / range);
        int[] end = value < 0 ? BELOW : ABOVE;
        int rgb = 0;
        for (int channel : end) {
            rgb = rgb << 8 | (int) Math.round(255 + strength * (channel - 255));
        }
        return rgb;
    }
}
