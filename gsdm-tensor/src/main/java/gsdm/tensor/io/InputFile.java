package gsdm.tensor.io;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Files that are read whole: a pipe or a device may never end, and is refused before it is read.
 */
public final class InputFile {
    private InputFile() {}

    /**
     * Checks that a file can be read to its end.
     *
     * @return the file
     * @throws FileSystemException if there is none, or it is a folder, a pipe or a device
     * @throws IOException if that cannot be seen
     */
    public static Path require(Path file) throws IOException {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        if (!found.isRegularFile()) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    "expected a file, found "
                            + (found.isDirectory() ? "a folder" : "a pipe or a device"));
        }
        return file;
    }
}
