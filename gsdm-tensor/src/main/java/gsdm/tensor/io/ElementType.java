package gsdm.tensor.io;

/** The element types of the safetensors format, by the names it gives them. */
public enum ElementType {
    /** IEEE 754 double precision. */
    F64(8),
    /** IEEE 754 single precision. */
    F32(4),
    /** IEEE 754 half precision. */
    F16(2),
    /** The upper half of a single-precision number. */
    BF16(2),
    /** Signed 64-bit integers. */
    I64(8),
    /** Signed 32-bit integers. */
    I32(4),
    /** Signed 16-bit integers. */
    I16(2),
    /** Signed bytes. */
    I8(1),
    /** Unsigned bytes. */
    U8(1),
    /** Bytes that are 0 or 1. */
    BOOL(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** The size of one element. */
    public int bytes() {
        return bytes;
    }

    /**
     * The bytes that a tensor takes.
     *
     * @throws ArithmeticException if they do not fit into 63 bits
     * @throws IllegalArgumentException if a dimension is negative
     */
    long sizeOf(long[] shape) {
        long size = bytes;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException(
                        "a dimension must not be negative, found " + dimension);
            }
            size = Math.multiplyExact(size, dimension);
        }
        return size;
    }
}
