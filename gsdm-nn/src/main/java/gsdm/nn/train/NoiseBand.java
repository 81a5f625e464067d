package gsdm.nn.train;

/**
 * A range of the level of noise over the signal, σ/α, of an example. An example is in one of them,
 * whatever the schedule; the names stand in their order also where they are sorted.
 */
public enum NoiseBand {
    LOWEST("0.0-0.1", 0.1),
    LOW("0.1-0.3", 0.3),
    MIDDLE("0.3-1.0", 1),
    HIGH("1.0-3.0", 3),
    HIGHEST("3.0-inf", Double.POSITIVE_INFINITY);

    private static final NoiseBand[] BANDS = values(); // which makes a new array each time

    private final String label;
    private final double end;

    NoiseBand(String label, double end) {
        this.label = label;
        this.end = end;
    }

    /** The range from its first ratio to its end, as {@code 0.1-0.3}: the end is in the next. */
    public String label() {
        return label;
    }

    /** The band of an example. */
    static NoiseBand of(double level, double signal) {
        NoiseBand band = LOWEST;
        while (level >= band.end * signal && band != HIGHEST) {
            band = BANDS[band.ordinal() + 1];
        }
        return band;
    }
}
