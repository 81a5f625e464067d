package gsdm.tensor.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One tensor of a mapped file. Nothing is read before its data is touched, and the view lives as
 * long as the arena that the file was opened in.
 */
public final class TensorView {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final String name;
    private final ElementType type;
    private final long[] shape;
    private final MemorySegment data;

    TensorView(Path file, String name, ElementType type, long[] shape, MemorySegment data) {
        this.file = file;
        this.name = name;
        this.type = type;
        this.shape = shape.clone();
        this.data = data;
    }

    /** The name in the file. */
    public String name() {
        return name;
    }

    /** The element type. */
    public ElementType type() {
        return type;
    }

    /** The dimensions, outermost first; none for a scalar. */
    public long[] shape() {
        return shape.clone();
    }

    /** The number of elements. */
    public long size() {
        return data.byteSize() / type.bytes();
    }

    /**
     * The elements in row-major order, little-endian, read-only. Files by other writers may leave
     * them unaligned: copy them as bytes, or use the unaligned layouts.
     */
    public MemorySegment data() {
        return data;
    }

    /**
     * Copies the elements of an F32 tensor.
     *
     * @throws SafetensorsException if the type is another, or the elements exceed an array
     */
    public float[] floats() throws SafetensorsException {
        check(ElementType.F32);
        float[] values = new float[(int) size()];
        MemorySegment.copy(data, FLOAT, 0, values, 0, values.length);
        return values;
    }

    /**
     * Copies the elements of an I64 tensor.
     *
     * @throws SafetensorsException if the type is another, or the elements exceed an array
     */
    public long[] longs() throws SafetensorsException {
        check(ElementType.I64);
        long[] values = new long[(int) size()];
        MemorySegment.copy(data, LONG, 0, values, 0, values.length);
        return values;
    }

    private void check(ElementType expected) throws SafetensorsException {
        if (type != expected) {
            throw new SafetensorsException(
                    file, "tensor %s must be %s, found %s".formatted(name, expected, type));
        }
        if (size() > Integer.MAX_VALUE - 8) {
            throw new SafetensorsException(
                    file,
                    "tensor %s has too many elements for an array: %d".formatted(name, size()));
        }
    }

    @Override
    public String toString() {
        return name + " " + type + Arrays.toString(shape);
    }
}
