package gsdm.cli.error;

import gsdm.graph.data.DataException;
import gsdm.graph.model.ModelException;
import gsdm.graph.problem.ProblemException;
import gsdm.nn.checkpoint.CheckpointException;
import gsdm.nn.reference.FixtureException;
import gsdm.nn.train.DivergedException;
import gsdm.tensor.backend.BackendUnavailableException;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/**
 * What is said of an exception, and the code the process exits with.
 *
 * @param exitCode the code
 * @param line one line, without a line break
 */
public record Failure(ExitCode exitCode, String line) {

    /** The failure that an exception stands for. */
    public static Failure of(Throwable thrown) {
        return switch (thrown) {
            case CommandException known -> failure(known.exitCode(), known.getMessage());
            case ProblemException _,
                    ModelException _,
                    DataException _,
                    BackendUnavailableException _ ->
                    failure(ExitCode.BAD_INPUT, thrown.getMessage());
            case CheckpointException _, FixtureException _ -> ofLibraryFile(thrown);
            case DivergedException diverged -> failure(ExitCode.DIVERGED, diverged.getMessage());
            case UncheckedIOException wrapped -> of(wrapped.getCause());
            case IOException io -> ofFile(io);
            case OutOfMemoryError memory ->
                    failure(
                            ExitCode.BAD_INPUT,
                            "out of memory ("
                                    + memory.getMessage()
                                    + "): lower training.batch, model.channels or model.layers,"
                                    + " --samples or --problems, or the problem's sizes");
            default ->
                    failure(
                            ExitCode.FAILURE,
                            "internal error: "
                                    + thrown.getClass().getSimpleName()
                                    + ": "
                                    + thrown.getMessage()
                                    + " (--stacktrace shows where)");
        };
    }

    /** A full disk is the machine's failure; any other is that of the file. */
    private static Failure ofLibraryFile(Throwable thrown) {
        for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException io && isFullDisk(io)) {
                return ofDevice(io);
            }
        }
        return failure(ExitCode.BAD_INPUT, thrown.getMessage());
    }

    private static Failure ofFile(IOException io) {
        String file = io instanceof FileSystemException e && e.getFile() != null ? e.getFile() : "";
        return switch (io) {
            case NoSuchFileException _ -> failure(ExitCode.BAD_INPUT, file + ": no such file");
            case AccessDeniedException _ ->
                    failure(ExitCode.BAD_INPUT, file + ": permission denied");
            case FileAlreadyExistsException _ ->
                    failure(ExitCode.BAD_INPUT, file + ": exists already");
            case NotDirectoryException _ -> failure(ExitCode.BAD_INPUT, file + ": not a directory");
            case DirectoryNotEmptyException _ ->
                    failure(ExitCode.BAD_INPUT, file + ": directory is not empty");
            case FileNotFoundException missing -> failure(ExitCode.BAD_INPUT, missing.getMessage());
            default -> ofDevice(io);
        };
    }

    private static Failure ofDevice(IOException io) {
        String message = String.valueOf(io.getMessage());
        if (isFullDisk(io)) {
            return failure(
                    ExitCode.FAILURE,
                    "disk full: "
                            + message
                            + "; what was saved before is intact, free some space and try again");
        }
        return failure(ExitCode.FAILURE, "input or output failed: " + message);
    }

    private static boolean isFullDisk(IOException io) {
        String message = String.valueOf(io.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left") || message.contains("quota exceeded");
    }

    private static Failure failure(ExitCode exitCode, String message) {
        return new Failure(
                exitCode, String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", " "));
    }
}
