package gsdm.tensor.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Files that are there whole or not at all: written under a temporary name in the same directory
 * ({@code .NAME.*.tmp}), forced to the disk, then renamed.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** Fills a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything to the channel, which is empty and is closed by the caller. */
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Replaces a file, or makes it. If that fails, for example as the disk is full, the old file is
     * untouched and the temporary one is deleted.
     *
     * @throws IOException if writing fails
     */
    public static void write(Path file, Content content) throws IOException {
        Path target = file.toAbsolutePath();
        Path name = target.getFileName();
        if (name == null || Files.isDirectory(target)) {
            throw new FileSystemException(
                    file.toString(), null, "cannot be written: this is a directory");
        }
        Path temporary = target.resolveSibling("." + name + "." + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": cannot be written: there is no such directory", e);
        } catch (IOException e) {
            deleteQuietly(temporary, e);
            throw new IOException(file + ": cannot be written: " + IoReason.of(e), e);
        } catch (RuntimeException | Error failure) {
            deleteQuietly(temporary, failure);
            throw failure;
        }
        forceDirectory(target.resolveSibling("."));
    }

    private static void deleteQuietly(Path temporary, Throwable failure) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Makes the rename itself durable; only POSIX systems can open a directory for that. */
    private static void forceDirectory(Path directory) throws IOException {
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
