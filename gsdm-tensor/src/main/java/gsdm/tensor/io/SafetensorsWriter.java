package gsdm.tensor.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gathers tensors and metadata, and writes them as one safetensors file.
 *
 * <p>Equal content gives equal bytes: metadata and tensors keep the order in which they were added,
 * except that larger elements come first, so that every tensor is aligned to its elements. The data
 * starts at a multiple of 64 bytes. A CRC-32C of the file is kept under the metadata key {@code
 * crc32c}; see {@link SafetensorsFile#verify()}.
 */
public final class SafetensorsWriter {
    private static final int ALIGNMENT = 64;

    /** About as many characters as a tensor takes in the header. */
    private static final int HEADER_ENTRY = 128;

    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private final Set<String> names = new LinkedHashSet<>();

    /** Starts an empty file. */
    public SafetensorsWriter() {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException("safetensors needs a little-endian machine");
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared, and not shared
    private record Tensor(String name, ElementType type, long[] shape, MemorySegment data) {}

    /**
     * Adds a free-form string.
     *
     * @throws IllegalArgumentException if the key is taken or is {@code crc32c}
     */
    public SafetensorsWriter metadata(String key, String value) {
        check(!key.equals(Header.CHECKSUM), "the metadata key crc32c is the writer's own");
        check(metadata.putIfAbsent(key, value) == null, "the metadata key " + key + " is taken");
        return this;
    }

    /**
     * Adds a tensor; the data is not copied and must not change before the file is written.
     *
     * @param name unique in the file
     * @param type the element type
     * @param shape dimensions, outermost first; none for a scalar
     * @param data row-major, little-endian, exactly the bytes that type and shape ask for
     * @throws IllegalArgumentException if the name is taken or the sizes differ
     */
    public SafetensorsWriter tensor(
            String name, ElementType type, long[] shape, MemorySegment data) {
        check(!name.equals(Header.METADATA), "a tensor must not be named " + name);
        long bytes = type.sizeOf(shape);
        if (bytes != data.byteSize()) {
            throw new IllegalArgumentException(
                    "tensor %s must have %d bytes by its shape, found %d"
                            .formatted(name, bytes, data.byteSize()));
        }
        if (!names.add(name)) {
            throw new IllegalArgumentException("the tensor name " + name + " is taken");
        }
        tensors.add(new Tensor(name, type, shape.clone(), data));
        return this;
    }

    /** Adds an F32 tensor over an array, as {@link #tensor} does. */
    public SafetensorsWriter floats(String name, float[] values, long... shape) {
        return tensor(name, ElementType.F32, shape, MemorySegment.ofArray(values));
    }

    /** Adds an I64 tensor over an array, as {@link #tensor} does. */
    public SafetensorsWriter longs(String name, long[] values, long... shape) {
        return tensor(name, ElementType.I64, shape, MemorySegment.ofArray(values));
    }

    /**
     * Writes the file atomically: to a temporary file beside it, which is forced to the disk and
     * renamed. A reader sees the old file or the new one, also after a crash; if writing fails the
     * old file is untouched and the temporary one is gone.
     *
     * @throws IOException if the file cannot be written, for example as the disk is full
     */
    public void write(Path file) throws IOException {
        List<Tensor> ordered = ordered();
        byte[] header = header(ordered);
        AtomicFile.write(file, channel -> write(channel, header, ordered));
    }

    /** The checksum of the file that {@link #write} would write. */
    String checksum() {
        List<Tensor> ordered = ordered();
        byte[] header = header(ordered);
        Checksum checksum = new Checksum();
        checksum.addHeader(header, Checksum.digitsIn(header));
        ordered.forEach(tensor -> checksum.addData(tensor.data()));
        return checksum.value();
    }

    private List<Tensor> ordered() {
        List<Tensor> ordered = new ArrayList<>(tensors);
        ordered.sort(Comparator.comparingInt((Tensor tensor) -> -tensor.type().bytes()));
        return ordered;
    }

    private static void write(FileChannel channel, byte[] header, List<Tensor> ordered)
            throws IOException {
        int digits = Checksum.digitsIn(header);
        Checksum checksum = new Checksum();
        checksum.addHeader(header, digits);
        writeFully(channel, Checksum.lengthField(header.length));
        writeFully(channel, ByteBuffer.wrap(header));
        try (Arena arena = Arena.ofConfined()) {
            // Heap segments have no buffers to write from; a copy in the cache costs next to
            // nothing.
            MemorySegment chunk = arena.allocate(1 << 18);
            ByteBuffer buffer = chunk.asByteBuffer();
            for (Tensor tensor : ordered) {
                writeData(channel, tensor.data(), chunk, buffer, checksum);
            }
        }
        channel.position(8L + digits);
        writeFully(channel, ByteBuffer.wrap(checksum.value().getBytes(StandardCharsets.US_ASCII)));
    }

    /** Writes a tensor in chunks; {@code buffer} is the chunk as files want it. */
    private static void writeData(
            FileChannel channel,
            MemorySegment data,
            MemorySegment chunk,
            ByteBuffer buffer,
            Checksum checksum)
            throws IOException {
        for (long at = 0; at < data.byteSize(); at += chunk.byteSize()) {
            int size = (int) Math.min(chunk.byteSize(), data.byteSize() - at);
            MemorySegment.copy(data, at, chunk, 0, size);
            checksum.addData(buffer.limit(size).position(0));
            writeFully(channel, buffer.position(0));
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private byte[] header(List<Tensor> ordered) {
        StringBuilder json = new StringBuilder(HEADER_ENTRY * (1 + ordered.size()));
        json.append("{\"").append(Header.METADATA).append("\":{");
        quote(json, Header.CHECKSUM).append(':');
        quote(json, Checksum.PLACEHOLDER);
        metadata.forEach((key, value) -> quote(quote(json.append(','), key).append(':'), value));
        json.append('}');
        long begin = 0;
        for (Tensor tensor : ordered) {
            long end = begin + tensor.data().byteSize();
            quote(json.append(','), tensor.name());
            json.append(":{\"dtype\":\"").append(tensor.type()).append("\",\"shape\":[");
            for (int i = 0; i < tensor.shape().length; i++) {
                json.append(i == 0 ? "" : ",").append(tensor.shape()[i]);
            }
            json.append("],\"data_offsets\":[").append(begin).append(',').append(end).append("]}");
            begin = end;
        }
        return padded(encode(json.append('}')));
    }

    private static StringBuilder quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"');
    }

    private static byte[] encode(CharSequence json) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(json));
            byte[] array = new byte[bytes.remaining()];
            bytes.get(array);
            return array;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a name or metadata is not valid Unicode", e);
        }
    }

    private static byte[] padded(byte[] json) {
        int total = (8 + json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] header = new byte[total - 8];
        Arrays.fill(header, (byte) ' ');
        System.arraycopy(json, 0, header, 0, json.length);
        return header;
    }

    private static void check(boolean ok, String message) {
        if (!ok) {
            throw new IllegalArgumentException(message);
        }
    }
}
