package gsdm.cli.error;

import java.util.Objects;

/** A failure that the user can understand: one line for the terminal, and the code to exit with. */
public final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    /**
     * A failure.
     *
     * @param exitCode what the process exits with
     * @param message one line: what was expected, what was found, what to do
     */
    public CommandException(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = Objects.requireNonNull(exitCode);
    }

    /** A failure with the exception behind it, shown by {@code --stacktrace}. */
    public CommandException(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = Objects.requireNonNull(exitCode);
    }

    /** A configuration, a file or a folder that cannot be used. */
    public static CommandException badInput(String message) {
        return new CommandException(ExitCode.BAD_INPUT, message);
    }

    /** As {@link #badInput(String)}, with the exception behind it. */
    public static CommandException badInput(String message, Throwable cause) {
        return new CommandException(ExitCode.BAD_INPUT, message, cause);
    }

    /** A command line that makes no sense. */
    public static CommandException usage(String message) {
        return new CommandException(ExitCode.USAGE, message);
    }

    /** What the process exits with. */
    public ExitCode exitCode() {
        return exitCode;
    }
}
