package gsdm.cli.io;

import gsdm.tensor.io.AtomicFile;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Streams and text to files that are there whole or not at all, and the folders they need. */
public final class AtomicFiles {

    private AtomicFiles() {}

    /** Writes bytes to a stream. */
    @FunctionalInterface
    public interface Content {
        /** Writes all of the content; need not flush or close. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a file, replacing one of the same name.
     *
     * @throws IOException if it cannot, as on a full disk; what was there is then untouched
     */
    public static void write(Path file, Content content) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        AtomicFile.write(
                file,
                channel -> {
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
                    content.writeTo(out);
                    out.flush();
                });
    }

    /** Writes text as UTF-8. */
    public static void writeText(Path file, String text) throws IOException {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
