package gsdm.cli.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes a file beside its name, forces it to the disk, and renames it: whole, or not at all. */
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
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        // not a temporary file of the JDK's: those only their owner may read
        Path partial =
                folder.resolve("." + file.getFileName() + "." + ProcessHandle.current().pid());
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            partial,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(
                    partial,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** Writes text as UTF-8. */
    public static void writeText(Path file, String text) throws IOException {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
