package gsdm.cli.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Scalars for TensorBoard: records framed as TensorFlow's TFRecord (length, masked CRC32C, data,
 * masked CRC32C), each an {@code Event} message in protocol buffers' wire format. Every session
 * starts a file of its own; its start record tells TensorBoard to drop later steps of earlier ones.
 */
public final class EventFile implements AutoCloseable {

    private static final int WALL_TIME = 1; // fields of Event
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;
    private static final int VALUE = 1; // of Summary
    private static final int TAG = 1; // of Summary.Value
    private static final int SIMPLE_VALUE = 2;
    private static final int STATUS = 1; // of SessionLog
    private static final int START = 1; // its value

    /** Time, step, and what stands before a summary; the two events that begin a file fit too. */
    private static final int MOST_BEFORE_SUMMARY = 64;

    private static final int FRAME = Long.BYTES + 2 * Integer.BYTES;

    private final FileChannel channel;
    private final List<byte[]> tags;
    private final int summaryBytes;
    private final byte[] eventBytes;
    private final byte[] recordBytes;
    private final ByteBuffer event;
    private final ByteBuffer record;
    private final CRC32C crc = new CRC32C();

    /**
     * Starts a session.
     *
     * @param folder where the event files are; made if there is none
     * @param firstStep the first step of the session
     * @param seconds the time, in seconds since 1970
     * @param tags the scalars, in order
     * @throws IOException if the file cannot be written
     */
    public EventFile(Path folder, long firstStep, double seconds, List<String> tags)
            throws IOException {
        this.tags = tags.stream().map(tag -> tag.getBytes(StandardCharsets.UTF_8)).toList();
        this.summaryBytes =
                this.tags.stream()
                        .mapToInt(EventFile::valueBytes)
                        .map(value -> 1 + varintBytes(value) + value)
                        .sum();
        this.eventBytes = new byte[MOST_BEFORE_SUMMARY + summaryBytes];
        this.recordBytes = new byte[FRAME + eventBytes.length];
        this.event = little(eventBytes);
        this.record = little(recordBytes);
        Files.createDirectories(folder);
        Path file = folder.resolve("events.out.tfevents." + (long) seconds + ".gsdm." + firstStep);
        channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        begin(seconds, 0);
        bytes(event, FILE_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
        end();
        begin(seconds, firstStep);
        key(event, SESSION_LOG, 2);
        varint(event, 2);
        key(event, STATUS, 0);
        varint(event, START);
        end();
    }

    /**
     * Writes the scalars of a step.
     *
     * @param seconds the time, in seconds since 1970
     * @param values as many as there are tags
     * @throws IOException if they cannot be written
     */
    public void append(long step, double seconds, double... values) throws IOException {
        begin(seconds, step);
        key(event, SUMMARY, 2);
        varint(event, summaryBytes);
        for (int i = 0; i < values.length; i++) {
            key(event, VALUE, 2);
            varint(event, valueBytes(tags.get(i)));
            bytes(event, TAG, tags.get(i));
            key(event, SIMPLE_VALUE, 5);
            event.putFloat((float) values[i]);
        }
        end();
    }

    private static int valueBytes(byte[] tag) {
        return 1 + varintBytes(tag.length) + tag.length + 1 + Float.BYTES;
    }

    private void begin(double seconds, long step) {
        event.clear();
        key(event, WALL_TIME, 1);
        event.putDouble(seconds);
        key(event, STEP, 0);
        varint(event, step);
    }

    private void end() throws IOException {
        event.flip();
        record.clear();
        record.putLong(event.remaining());
        record.putInt(maskedCrc(recordBytes, Long.BYTES));
        record.put(event);
        record.putInt(maskedCrc(eventBytes, event.limit()));
        record.flip();
        while (record.hasRemaining()) {
            channel.write(record);
        }
    }

    private int maskedCrc(byte[] bytes, int length) {
        crc.reset();
        crc.update(bytes, 0, length);
        int value = (int) crc.getValue();
        return Integer.rotateRight(value, 15) + 0xa282ead8;
    }

    private static void key(ByteBuffer out, int field, int wireType) {
        varint(out, field << 3 | wireType);
    }

    private static void bytes(ByteBuffer out, int field, byte... value) {
        key(out, field, 2);
        varint(out, value.length);
        out.put(value);
    }

    private static void varint(ByteBuffer out, long value) {
        long rest = value;
        while (Long.compareUnsigned(rest, 0x7f) > 0) {
            out.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static int varintBytes(long value) {
        return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
    }

    private static ByteBuffer little(byte... bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
