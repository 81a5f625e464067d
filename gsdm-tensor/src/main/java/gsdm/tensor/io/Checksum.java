package gsdm.tensor.io;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The checksum of a file: CRC-32C over its length field, its header and its data, with the eight
 * hexadecimal digits of the checksum itself, in the header, taken as zeros.
 */
final class Checksum {
    /** Stands in the header until the checksum is known, and while it is computed. */
    static final String PLACEHOLDER = "00000000";

    /** Segments are larger than buffers can be. */
    private static final long CHUNK = 1L << 26;

    private final CRC32C crc = new CRC32C();

    /**
     * Where the digits are in a header, or -1. Quotes inside of JSON strings are escaped, so that
     * only the key itself can match.
     */
    static int digitsIn(byte[] header) {
        String key = "\"" + Header.CHECKSUM + "\":\"";
        int at = new String(header, StandardCharsets.ISO_8859_1).indexOf(key);
        int digits = at + key.length();
        return at < 0 || digits + PLACEHOLDER.length() > header.length ? -1 : digits;
    }

    /** Adds the length field and a header, whose digits may be set already. */
    void addHeader(byte[] header, int digits) {
        crc.update(lengthField(header.length));
        crc.update(header, 0, digits);
        crc.update(PLACEHOLDER.getBytes(StandardCharsets.US_ASCII));
        int rest = digits + PLACEHOLDER.length();
        crc.update(header, rest, header.length - rest);
    }

    void addData(MemorySegment data) {
        for (long at = 0; at < data.byteSize(); at += CHUNK) {
            long size = Math.min(CHUNK, data.byteSize() - at);
            addData(data.asSlice(at, size).asByteBuffer());
        }
    }

    void addData(ByteBuffer data) {
        crc.update(data);
    }

    /** The eight digits. */
    String value() {
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    static ByteBuffer lengthField(long length) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    }
}
