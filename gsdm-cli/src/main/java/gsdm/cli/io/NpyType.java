package gsdm.cli.io;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The element types of NPY files that are read, each under the names that it has in NumPy. */
enum NpyType {
    F2(Short.BYTES, "float16", "half", "e"),
    F4(Float.BYTES, "float32", "single", "f"),
    F8(Double.BYTES, "float64", "double", "float", "d"),
    I1(Byte.BYTES, "int8", "byte", "b"),
    I2(Short.BYTES, "int16", "short", "h"),
    I4(Integer.BYTES, "int32", "intc", "i"),
    I8(Long.BYTES, "int64", "longlong", "int", "q"),
    U1(Byte.BYTES, "uint8", "ubyte", "B"),
    U2(Short.BYTES, "uint16", "ushort", "H"),
    U4(Integer.BYTES, "uint32", "uintc", "I"),
    U8(Long.BYTES, "uint64", "ulonglong", "uint", "Q"),
    B1(Byte.BYTES, "bool", "bool_", "?");

    private final int width;
    private final List<String> words;

    NpyType(int width, String... words) {
        this.width = width;
        this.words = List.of(words);
    }

    /**
     * The type of a name, as {@code f4}, {@code float32} or {@code f}.
     *
     * @throws IllegalArgumentException if it is not read
     */
    static NpyType named(String name) {
        for (NpyType type : values()) {
            if (type.toString().equals(name) || type.words.contains(name)) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "expected one of %s, found %s; convert it with .astype('float32')"
                        .formatted(
                                Arrays.stream(values())
                                        .map(type -> type.words.getFirst())
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
