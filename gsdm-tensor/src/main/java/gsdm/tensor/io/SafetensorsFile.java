package gsdm.tensor.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file, validated and mapped into memory.
 *
 * <p>The format: eight bytes that give the header's length (little-endian), a JSON header that
 * gives each tensor's type, shape and range of bytes, then the data. Ranges must fill the data
 * without gaps or overlaps. Whatever the bytes are, opening either succeeds or throws {@link
 * SafetensorsException}; a file must not be truncated while it is mapped.
 */
public final class SafetensorsFile {
    /** The longest header, in bytes, as in the reference implementation. */
    private static final long MAX_HEADER = 100_000_000;

    private final Path file;
    private final byte[] headerBytes;
    private final Header header;
    private final MemorySegment data;

    private SafetensorsFile(Path file, byte[] headerBytes, Header header, MemorySegment data) {
        this.file = file;
        this.headerBytes = headerBytes;
        this.header = header;
        this.data = data;
    }

    /**
     * Opens and validates a file; the data is mapped, and read when it is touched.
     *
     * @param file the file
     * @param arena the mapping lives until it closes
     * @throws SafetensorsException if the file does not exist or is not valid
     * @throws IOException if reading fails
     */
    public static SafetensorsFile open(Path file, Arena arena) throws IOException {
        if (!attributes(file).isRegularFile()) {
            throw new SafetensorsException(file, "this is not a file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            byte[] headerBytes = readHeader(file, channel, size);
            Header header = new HeaderParser(file, decode(file, headerBytes)).parse();
            long start = 8L + headerBytes.length;
            checkRanges(file, header, size - start);
            MemorySegment data =
                    channel.map(FileChannel.MapMode.READ_ONLY, start, size - start, arena);
            return new SafetensorsFile(file, headerBytes, header, data);
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw new SafetensorsException(file, "there is no such file");
        }
    }

    private static byte[] readHeader(Path file, FileChannel channel, long size) throws IOException {
        if (size < 8) {
            throw new SafetensorsException(
                    file, "too short for a safetensors file: %d bytes".formatted(size));
        }
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        readFully(file, channel, length, 0);
        long headerSize = length.getLong(0);
        if (headerSize < 2 || headerSize > Math.min(MAX_HEADER, size - 8)) {
            throw new SafetensorsException(
                    file,
                    "not a safetensors file, or truncated: a header of %s bytes in a file of %d (at most %d are allowed)"
                            .formatted(Long.toUnsignedString(headerSize), size, MAX_HEADER));
        }
        byte[] header = new byte[(int) headerSize];
        readFully(file, channel, ByteBuffer.wrap(header), 8);
        if (header[0] != '{') {
            throw new SafetensorsException(
                    file, "not a safetensors file: the header does not begin with {");
        }
        return header;
    }

    private static void readFully(Path file, FileChannel channel, ByteBuffer buffer, long position)
            throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new SafetensorsException(file, "the file became shorter while it was read");
            }
        }
    }

    private static String decode(Path file, byte[] header) throws SafetensorsException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header)).toString();
        } catch (CharacterCodingException e) {
            throw new SafetensorsException(file, "bad safetensors header: it is not UTF-8");
        }
    }

    private static void checkRanges(Path file, Header header, long dataSize)
            throws SafetensorsException {
        long end = 0;
        for (Header.Entry entry :
                header.tensors().values().stream()
                        .sorted(
                                Comparator.comparingLong(Header.Entry::begin)
                                        .thenComparingLong(Header.Entry::end))
                        .toList()) {
            if (entry.begin() != end) {
                throw new SafetensorsException(
                        file,
                        "tensor %s must begin at byte %d of the data, found %d"
                                .formatted(entry.name(), end, entry.begin()));
            }
            if (entry.end() < entry.begin() || entry.end() > dataSize) {
                throw new SafetensorsException(
                        file,
                        "tensor %s must end within the %d bytes of data, found %d: the file may be truncated"
                                .formatted(entry.name(), dataSize, entry.end()));
            }
            checkSize(file, entry);
            end = entry.end();
        }
        if (end != dataSize) {
            throw new SafetensorsException(
                    file,
                    "the tensors must fill %d bytes of data, found %d".formatted(dataSize, end));
        }
    }

    private static void checkSize(Path file, Header.Entry entry) throws SafetensorsException {
        long found = entry.end() - entry.begin();
        try {
            long expected = entry.type().sizeOf(entry.shape());
            if (found != expected) {
                throw new SafetensorsException(
                        file,
                        "tensor %s must have %d bytes by its shape, found %d"
                                .formatted(entry.name(), expected, found));
            }
        } catch (ArithmeticException e) {
            throw new SafetensorsException(
                    file, "the shape of tensor %s exceeds 63 bits".formatted(entry.name()));
        }
    }

    /** The file's free-form strings, in the order of the file, without the checksum. */
    public Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>(header.metadata());
        metadata.remove(Header.CHECKSUM);
        return Collections.unmodifiableMap(metadata);
    }

    /** The names of the tensors, in the order of the header. */
    public List<String> names() {
        return List.copyOf(header.tensors().keySet());
    }

    /** Whether there is a tensor of this name. */
    public boolean contains(String name) {
        return header.tensors().containsKey(name);
    }

    /**
     * A tensor, without reading it.
     *
     * @throws SafetensorsException if there is none of this name
     */
    public TensorView get(String name) throws SafetensorsException {
        Header.Entry entry = header.tensors().get(name);
        if (entry == null) {
            throw new SafetensorsException(
                    file,
                    "there is no tensor %s among its %d".formatted(name, header.tensors().size()));
        }
        MemorySegment bytes = data.asSlice(entry.begin(), entry.end() - entry.begin());
        return new TensorView(file, name, entry.type(), entry.shape(), bytes);
    }

    /**
     * Copies an F32 tensor.
     *
     * @throws SafetensorsException if there is none, or its type is another
     */
    public float[] floats(String name) throws SafetensorsException {
        return get(name).floats();
    }

    /**
     * Copies an I64 tensor.
     *
     * @throws SafetensorsException if there is none, or its type is another
     */
    public long[] longs(String name) throws SafetensorsException {
        return get(name).longs();
    }

    /** Whether the file says what its checksum must be, as all by {@link SafetensorsWriter} do. */
    public boolean hasChecksum() {
        return header.metadata().containsKey(Header.CHECKSUM);
    }

    /**
     * Reads the whole file and compares its checksum, which finds flipped bits in data and header.
     *
     * @throws SafetensorsException if they differ, or the file has no checksum
     */
    public void verify() throws SafetensorsException {
        requireChecksum(bytesChecksum());
    }

    /** Whether the file is, byte for byte, one that {@link SafetensorsWriter} wrote. */
    public boolean asWritten() {
        return hasChecksum() && bytesChecksum().equals(header.metadata().get(Header.CHECKSUM));
    }

    /**
     * Whether the checksum is that of another file. Other libraries that save a file again keep
     * what it holds and its checksum, but order and pad it as they like.
     *
     * @param original what the file holds, in the order in which it may have been written first
     */
    public boolean isCopyOf(SafetensorsWriter original) {
        return hasChecksum() && original.checksum().equals(header.metadata().get(Header.CHECKSUM));
    }

    /**
     * Compares the checksum with that of another file, as {@link #isCopyOf} does.
     *
     * @throws SafetensorsException if they differ, or the file has no checksum
     */
    public void verify(SafetensorsWriter original) throws SafetensorsException {
        requireChecksum(original.checksum());
    }

    private String bytesChecksum() {
        int digits = Checksum.digitsIn(headerBytes);
        if (digits < 0) {
            return "none"; // another library's spacing
        }
        Checksum checksum = new Checksum();
        checksum.addHeader(headerBytes, digits);
        checksum.addData(data);
        return checksum.value();
    }

    private void requireChecksum(String found) throws SafetensorsException {
        if (!hasChecksum()) {
            throw new SafetensorsException(file, "the file has no checksum to verify");
        }
        String expected = header.metadata().get(Header.CHECKSUM);
        if (!found.equals(expected)) {
            throw new SafetensorsException(
                    file,
                    "the file is damaged: its checksum must be %s, found %s"
                            .formatted(expected, found));
        }
    }
}
