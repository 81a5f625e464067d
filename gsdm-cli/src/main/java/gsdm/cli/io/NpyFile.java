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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * NumPy's NPY format, versions 1 to 3 (NEP 1): reads float32, float64, int32, int64, uint8 and bool
 * in either byte order, rows or columns first; writes float32, rows first.
 */
public final class NpyFile {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LARGEST_HEADER = 1 << 16;
    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=])([a-z]\\d+)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\s]*)\\)");

    private NpyFile() {}

    /** What the header says: the element type, byte order, axis order and sizes. */
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier; nobody compares two of them
    private record Header(String type, ByteOrder bytes, boolean columnsFirst, int... shape) {}

    /**
     * Reads an array.
     *
     * @throws IOException if the file cannot be read
     * @throws CommandException (bad input) if it is not an NPY file, of another type, or truncated
     */
    public static NpyArray read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            Header header = readHeader(file, channel);
            long count = size(file, header.shape());
            long expected = Math.multiplyExact(count, width(file, header.type()));
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
                values[i] = element(data, header.type(), i);
            }
            return new NpyArray(
                    header.shape(),
                    header.columnsFirst() ? rowsFirst(values, header.shape()) : values);
        } catch (ArithmeticException e) {
            throw bad(file, "too large: an array can hold at most 2 GiB");
        }
    }

    private static Header readHeader(Path file, FileChannel channel) throws IOException {
        ByteBuffer start = readFully(file, channel, MAGIC.length + 2);
        byte[] magic = new byte[MAGIC.length];
        start.get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw bad(file, "not an NPY file: it does not start with \\x93NUMPY");
        }
        boolean shortLength = start.get() == 1;
        ByteBuffer lengthField = readFully(file, channel, shortLength ? 2 : 4);
        long length =
                shortLength
                        ? Short.toUnsignedInt(lengthField.getShort())
                        : Integer.toUnsignedLong(lengthField.getInt());
        if (length > LARGEST_HEADER) {
            throw bad(file, "expected a header of at most 65536 bytes, found " + length);
        }
        byte[] bytes = new byte[(int) length];
        readFully(file, channel, bytes.length).get(bytes);
        return parse(file, new String(bytes, StandardCharsets.UTF_8));
    }

    private static Header parse(Path file, String header) {
        Matcher type = TYPE.matcher(header);
        Matcher order = ORDER.matcher(header);
        Matcher shape = SHAPE.matcher(header);
        if (!type.find() || !order.find() || !shape.find()) {
            throw bad(file, "expected an array of numbers, found header " + header.strip());
        }
        int[] sizes =
                Stream.of(shape.group(1).split(","))
                        .map(String::strip)
                        .filter(size -> !size.isEmpty())
                        .mapToInt(size -> axis(file, size))
                        .toArray();
        return new Header(
                type.group(2),
                ">".equals(type.group(1)) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                "True".equals(order.group(1)),
                sizes);
    }

    private static int axis(Path file, String size) {
        try {
            return Integer.parseInt(size);
        } catch (NumberFormatException e) {
            throw bad(file, "expected an axis below 2^31, found " + size);
        }
    }

    private static long size(Path file, int... shape) {
        long size = NpyArray.size(shape);
        if (size > Integer.MAX_VALUE / Double.BYTES) {
            throw bad(file, "too large: " + Arrays.toString(shape) + " has " + size + " values");
        }
        return size;
    }

    private static int width(Path file, String type) {
        return switch (type) {
            case "f8", "i8" -> 8;
            case "f4", "i4" -> 4;
            case "u1", "b1" -> 1;
            default ->
                    throw bad(
                            file,
                            "expected float32, float64, int32, int64, uint8 or bool, found "
                                    + type
                                    + "; convert it with .astype('float32')");
        };
    }

    private static float element(ByteBuffer data, String type, int index) {
        return switch (type) {
            case "f8" -> (float) data.getDouble(8 * index);
            case "i8" -> data.getLong(8 * index);
            case "f4" -> data.getFloat(4 * index);
            case "i4" -> data.getInt(4 * index);
            default -> Byte.toUnsignedInt(data.get(index));
        };
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
