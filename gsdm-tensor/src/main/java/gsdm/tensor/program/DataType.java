package gsdm.tensor.program;

/** What the elements of a slot are. Both types take four bytes. */
public enum DataType {
    /** 32-bit IEEE float. */
    F32,
    /** 32-bit signed integer: indices and row pointers. */
    I32;

    /** Bytes of one element. */
    public static final int BYTES = 4;
}
