package gsdm.tensor.backend;

/** A device failed while it ran programs; nothing it has can be relied on any more. */
public final class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * A failure.
     *
     * @param message what ran, and the device's own words
     */
    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
