package gsdm.tensor.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;

/**
 * Why reading or writing failed, in words. The exceptions of {@code java.nio.file} say it by their
 * class, and their message is only a path.
 */
public final class IoReason {
    private IoReason() {}

    /** The reason without the file, for a message that names it already. */
    public static String of(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "exists already";
            case NotDirectoryException _ -> "not a directory";
            case DirectoryNotEmptyException _ -> "directory is not empty";
            case FileSystemLoopException _ -> "its symbolic links go round in a circle";
            case FileSystemException named when named.getReason() != null -> named.getReason();
            case CharacterCodingException _ -> "not a text file (UTF-8)";
            case EOFException _ -> "it ends too soon";
            default ->
                    Objects.requireNonNullElse(
                            failure.getMessage(), failure.getClass().getSimpleName());
        };
    }

    /** The reason after the name of the file, where the exception knows it. */
    public static String withFile(IOException failure) {
        return failure instanceof FileSystemException named && named.getFile() != null
                ? named.getFile() + ": " + of(failure)
                : of(failure);
    }
}
