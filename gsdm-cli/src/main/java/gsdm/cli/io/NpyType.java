package gsdm.cli.io;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The element types of NPY files that are read, each under both of its names in NumPy. */
enum NpyType {
    F2(Short.BYTES, "float16"),
    F4(Float.BYTES, "float32"),
    F8(Double.BYTES, "float64"),
    I1(Byte.BYTES, "int8"),
    I2(Short.BYTES, "int16"),
    I4(Integer.BYTES, "int32"),
    I8(Long.BYTES, "int64"),
    U1(Byte.BYTES, "uint8"),
    U2(Short.BYTES, "uint16"),
    U4(Integer.BYTES, "uint32"),
    U8(Long.BYTES, "uint64"),
    B1(Byte.BYTES, "bool");

    private final int width;
    private final String word;

    NpyType(int width, String word) {
        this.width = width;
        this.word = word;
    }

    /**
     * The type of a name, as {@code f4} or {@code float32}.
     *
     * @throws IllegalArgumentException if it is not read
     */
    static NpyType named(String name) {
        for (NpyType type : values()) {
            if (type.toString().equals(name) || type.word.equals(name)) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "expected one of %s, found %s; convert it with .astype('float32')"
                        .formatted(
                                Arrays.stream(values())
                                        .map(type -> type.word)
                                        .collect(Collectors.joining(", ")),
                                name));
    }

    /** Bytes of an element. */
    int width() {
        return width;
    }

    /** An element, rounded; the buffer has the byte order of the file. */
    float element(ByteBuffer data, int index) {
        int at = index * width;
        return switch (this) {
            case F2 -> Float.float16ToFloat(data.getShort(at));
            case F4 -> data.getFloat(at);
            case F8 -> (float) data.getDouble(at);
            case I1 -> data.get(at);
            case I2 -> data.getShort(at);
            case I4 -> data.getInt(at);
            case I8 -> data.getLong(at);
            case U1 -> Byte.toUnsignedInt(data.get(at));
            case U2 -> Short.toUnsignedInt(data.getShort(at));
            case U4 -> Integer.toUnsignedLong(data.getInt(at));
            case U8 -> unsigned(data.getLong(at));
            case B1 -> data.get(at) == 0 ? 0 : 1;
        };
    }

    private static float unsigned(long bits) {
        return bits >= 0 ? bits : 2f * (bits >>> 1 | bits & 1);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
