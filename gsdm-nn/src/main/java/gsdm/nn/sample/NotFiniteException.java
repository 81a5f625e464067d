package gsdm.nn.sample;

/** Sampling gave values that are not finite, of which none were delivered. */
public final class NotFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String array;

    NotFiniteException(String array) {
        super(
                ("sampling gives values of array %s that are not finite; observe values nearer to"
                                + " those the model gives, or take weights of another step")
                        .formatted(array));
        this.array = array;
    }

    /** The first array that has such values. */
    public String array() {
        return array;
    }
}
