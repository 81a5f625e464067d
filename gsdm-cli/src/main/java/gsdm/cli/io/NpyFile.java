package gsdm.cli.io;

import gsdm.cli.error.CommandException;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * NumPy's NPY format, versions 1 to 3 (NEP 1): reads numbers of every {@link NpyType} in either
 * byte order, rows or columns first; writes float32, rows first.
 */
public final class NpyFile {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LARGEST_HEADER = 1 << 16;
    private static final int NEWEST = 3;

    private NpyFile() {}

    /**
     * Reads an array.
     *
     * @throws IOException if the file cannot be read
     * @throws CommandException (bad input) if it is not an NPY file, of another type, or truncated
     */
    public static NpyArray read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            NpyHeader header = readHeader(file, channel);
            long count = size(file, header.shape());
            long expected = Math.multiplyExact(count, header.type().width());
            long found = channel.size() - channel.position();
            if (expected != found) {
                throw bad(
                        file,
                        "expected %d bytes of %s for shape %s, found %d: the file is damaged"
                                .formatted(
                                        expected,
                                        header.type(),
                                        Arrays.toString(header.shape()),
                                        found));
            }
            ByteBuffer data = readFully(file, channel, Math.toIntExact(expected));
            data.order(header.bytes());
            float[] values = new float[(int) count];
            for (int i = 0; i < values.length; i++) {
                values[i] = header.type().element(data, i);
            }
            return new NpyArray(
                    header.shape(),
                    header.columnsFirst() ? rowsFirst(values, header.shape()) : values);
        } catch (ArithmeticException e) {
            throw bad(file, "too large: an array can hold at most 2 GiB");
        }
    }

    private static NpyHeader readHeader(Path file, FileChannel channel) throws IOException {
        ByteBuffer start = readFully(file, channel, MAGIC.length + 2);
        byte[] magic = new byte[MAGIC.length];
        start.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw bad(file, "not an NPY file: it does not start with \\x93NUMPY");
        }
        int major = Byte.toUnsignedInt(start.get());
        int minor = Byte.toUnsignedInt(start.get());
        if (major < 1 || major > NEWEST || minor != 0) {
            throw bad(
                    file,
                    "expected NPY version 1.0, 2.0 or 3.0, found %d.%d".formatted(major, minor));
        }
        ByteBuffer lengthField = readFully(file, channel, major == 1 ? 2 : 4);
        long length =
                major == 1
                        ? Short.toUnsignedInt(lengthField.getShort())
                        : Integer.toUnsignedLong(lengthField.getInt());
        if (length > LARGEST_HEADER) {
            throw bad(file, "expected a header of at most 65536 bytes, found " + length);
        }
        byte[] bytes = new byte[(int) length];
        readFully(file, channel, bytes.length).get(bytes);
        try {
            return NpyHeader.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw CommandException.badInput(file + ": " + e.getMessage(), e);
        }
    }

    private static long size(Path file, int... shape) {
        long size = NpyArray.size(shape);
        if (size > Integer.MAX_VALUE / Double.BYTES) {
            throw bad(file, "too large: " + Arrays.toString(shape) + " has " + size + " values");
        }
        return size;
    }

    private static float[] rowsFirst(float[] columnsFirst, int... shape) {
        float[] values = new float[columnsFirst.length];
        int[] index = new int[shape.length];
        for (int i = 0; i < values.length; i++) {
            int from = 0;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                from = from * shape[axis] + index[axis];
            }
            values[i] = columnsFirst[from];
            for (int axis = shape.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
                index[axis] = 0;
            }
        }
        return values;
    }

    private static ByteBuffer readFully(Path file, FileChannel channel, int bytes)
            throws IOException {
        if (bytes > channel.size() - channel.position()) {
            throw bad(file, "not an NPY file, or cut short: it ends inside its header");
        }
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
        return buffer.flip();
    }

    /**
     * Writes an array as float32, whole or not at all.
     *
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, NpyArray array) throws IOException {
        AtomicFiles.write(file, out -> writeTo(out, array));
    }

    private static void writeTo(OutputStream stream, NpyArray array) throws IOException {
        String sizes =
                IntStream.of(array.shape())
                        .mapToObj(size -> size + ",")
                        .collect(Collectors.joining(" "));
        String dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + sizes + "), }";
        int unpadded = MAGIC.length + 4 + dictionary.length() + 1;
        int padding = Math.floorMod(-unpadded, 64);
        String header = dictionary + " ".repeat(padding) + "\n";
        DataOutputStream out = new DataOutputStream(stream);
        out.write(MAGIC);
        out.writeByte(1);
        out.writeByte(0);
        out.writeShort(Short.reverseBytes((short) header.length()));
        out.write(header.getBytes(StandardCharsets.US_ASCII));
        for (float value : array.values()) {
            out.writeInt(Integer.reverseBytes(Float.floatToRawIntBits(value)));
        }
    }

    private static CommandException bad(Path file, String message) {
        return CommandException.badInput(file + ": " + message);
    }
}
