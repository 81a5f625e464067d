package gsdm.cli.error;

import gsdm.graph.data.DataException;
import gsdm.graph.model.ModelException;
import gsdm.graph.problem.ProblemException;
import gsdm.nn.checkpoint.CheckpointException;
import gsdm.nn.reference.FixtureException;
import gsdm.nn.sample.NotFiniteException;
import gsdm.nn.train.DivergedException;
import gsdm.tensor.backend.BackendUnavailableException;
import gsdm.tensor.backend.DeviceException;
import gsdm.tensor.io.IoReason;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What is said of an exception, and the code the process exits with.
 *
 * @param exitCode the code
 * @param line one line, as {@link TerminalText} makes it
 */
public record Failure(ExitCode exitCode, String line) {

    /** The failure that an exception stands for. */
    public static Failure of(Throwable thrown) {
        return switch (thrown) {
            case CommandException known -> failure(known.exitCode(), known.getMessage());
            case ProblemException _,
                    ModelException _,
                    DataException _,
                    InvalidPathException _,
                    BackendUnavailableException _ ->
                    failure(ExitCode.BAD_INPUT, thrown.getMessage());
            case CheckpointException _, FixtureException _ -> ofLibraryFile(thrown);
            case DivergedException _, NotFiniteException _ ->
                    failure(ExitCode.DIVERGED, thrown.getMessage());
            case DeviceException _ -> failure(ExitCode.FAILURE, thrown.getMessage());
            case UncheckedIOException wrapped -> of(wrapped.getCause());
            case IOException io -> ofIo(io);
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
        return behind(thrown, Failure::isFullDisk)
                .map(Failure::diskFull)
                .orElseGet(() -> failure(ExitCode.BAD_INPUT, thrown.getMessage()));
    }

    /** What the system says of a file is the file's failure; any other is the machine's. */
    private static Failure ofIo(IOException io) {
        String said = IoReason.withFile(io);
        return behind(io, Failure::isFullDisk)
                .map(Failure::diskFull)
                .or(() -> behind(io, Failure::isOfFile).map(_ -> failure(ExitCode.BAD_INPUT, said)))
                .orElseGet(() -> failure(ExitCode.FAILURE, "input or output failed: " + said));
    }

    private static Failure diskFull(IOException io) {
        return failure(
                ExitCode.FAILURE,
                "disk full: "
                        + IoReason.withFile(io)
                        + "; what was saved before is intact, free some space and try again");
    }

    private static boolean isFullDisk(IOException io) {
        String message = String.valueOf(io.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left") || message.contains("quota exceeded");
    }

    private static boolean isOfFile(IOException io) {
        return io instanceof FileSystemException || io instanceof FileNotFoundException;
    }

    /** The first of an exception and its causes that is what is looked for. */
    private static Optional<IOException> behind(Throwable thrown, Predicate<IOException> wanted) {
        return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
                .filter(IOException.class::isInstance)
                .map(IOException.class::cast)
                .filter(wanted)
                .findFirst();
    }

    private static Failure failure(ExitCode exitCode, String message) {
        return new Failure(exitCode, TerminalText.line(String.valueOf(message).strip()));
    }
}
