package gsdm.cli.run;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalDouble;

/**
 * {@code metrics.jsonl}: one line of JSON for each step, written at once, so that a killed process
 * leaves at most one line unfinished. Opening it again at a checkpoint's step drops what follows
 * that step, so each step stands once. Appending allocates next to nothing: it happens every step.
 */
public final class MetricsLog implements AutoCloseable {

    private static final String STEP = "{\"step\":";
    private static final String END = "}\n";
    private static final int MOST_DIGITS = 20; // of a step; a value takes fewer

    private final FileChannel channel;
    private final List<String> names;
    private final StringBuilder line;
    private final ByteBuffer buffer;

    /** The last line that was there already; empty if none. */
    private String last = "";

    /**
     * Opens the log to go on after a step.
     *
     * @param file the log; made if there is none
     * @param lastStep the step of the checkpoint; 0 to start anew
     * @param names what is logged beside the step, in order, as {@code loss} and {@code loss/A}
     * @throws IOException if it cannot be read or written
     */
    public MetricsLog(Path file, long lastStep, List<String> names) throws IOException {
        this.names = names.stream().map(name -> ",\"" + name + "\":").toList();
        int longest =
                STEP.length()
                        + MOST_DIGITS
                        + this.names.stream().mapToInt(name -> name.length() + MOST_DIGITS).sum()
                        + END.length();
        this.line = new StringBuilder(longest);
        this.buffer = ByteBuffer.allocateDirect(longest);
        this.channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        channel.truncate(endOf(lastStep));
        channel.position(channel.size());
    }

    /** The position after the last whole line whose step is at most {@code lastStep}. */
    private long endOf(long lastStep) throws IOException {
        long end = 0;
        long position = 0;
        StringBuilder current = new StringBuilder();
        ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
        while (channel.read(chunk.clear(), position) > 0) {
            chunk.flip();
            while (chunk.hasRemaining()) {
                char c = (char) chunk.get();
                position++;
                if (c != '\n') {
                    current.append(c);
                    continue;
                }
                String text = current.toString();
                if (stepOf(text) > lastStep) {
                    return end;
                }
                end = position;
                last = text;
                current.setLength(0);
            }
        }
        return end;
    }

    private static long stepOf(String text) {
        int from = STEP.length();
        int to = text.indexOf(',');
        if (!text.startsWith(STEP) || to < from) {
            return Long.MAX_VALUE;
        }
        try {
            return Long.parseLong(text.substring(from, to));
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    /** A value of the last line that was there when this was opened; none if it has none. */
    public OptionalDouble last(String name) {
        JsonNode value = last.isEmpty() ? null : JsonMapper.shared().readTree(last).get(name);
        return value == null || !value.isNumber()
                ? OptionalDouble.empty()
                : OptionalDouble.of(value.asDouble());
    }

    /**
     * Writes one line.
     *
     * @param step the step, from 1
     * @param values as many as there are names; one that is not finite is written as null
     * @throws IOException if it cannot be written, as on a full disk
     */
    public void append(long step, double... values) throws IOException {
        if (values.length != names.size()) {
            throw new IllegalArgumentException(
                    "expected " + names.size() + " values, found " + values.length);
        }
        line.setLength(0);
        line.append(STEP).append(step);
        for (int i = 0; i < values.length; i++) {
            line.append(names.get(i));
            if (Double.isFinite(values[i])) {
                line.append((float) values[i]);
            } else {
                line.append("null");
            }
        }
        line.append(END);
        buffer.clear();
        for (int i = 0; i < line.length(); i++) {
            buffer.put((byte) line.charAt(i));
        }
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
