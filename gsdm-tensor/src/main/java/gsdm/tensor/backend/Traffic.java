package gsdm.tensor.backend;

/**
 * What a device that does not share memory with its caller has been asked for, since it was opened.
 *
 * @param launches kernels launched
 * @param kernels kernels compiled
 * @param compileNanos nanoseconds that took, with the first launch of each
 * @param bytesUp bytes copied to the device
 * @param bytesDown bytes copied from the device
 */
public record Traffic(
        long launches, long kernels, long compileNanos, long bytesUp, long bytesDown) {
    /** Of a device that works in its caller's memory. */
    public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0);

    /** What came after an earlier count. */
    public Traffic since(Traffic earlier) {
        return new Traffic(
                launches - earlier.launches,
                kernels - earlier.kernels,
                compileNanos - earlier.compileNanos,
                bytesUp - earlier.bytesUp,
                bytesDown - earlier.bytesDown);
    }

    /** Both together. */
    public Traffic plus(Traffic other) {
        return new Traffic(
                launches + other.launches,
                kernels + other.kernels,
                compileNanos + other.compileNanos,
                bytesUp + other.bytesUp,
                bytesDown + other.bytesDown);
    }
}
