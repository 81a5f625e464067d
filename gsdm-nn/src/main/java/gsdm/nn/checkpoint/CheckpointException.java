package gsdm.nn.checkpoint;

import gsdm.tensor.io.IoReason;

import java.io.IOException;
import java.nio.file.Path;

/** A checkpoint cannot be read or written; the message says which and why. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, which says whether the file may be passed over. */
    public enum Kind {
        /** There is none, or it may not be read, or reading it failed. */
        UNREADABLE,
        /** Of a format that this program does not know: newer, or another program's. */
        UNKNOWN,
        /** Truncated, or not as it was written: nothing can be had of it. */
        DAMAGED,
        /** As it was written, but it says what cannot be, such as a weight that is not a number. */
        INVALID,
        /** Of another network. */
        OTHER_NETWORK,
        /** It could not be written. */
        NOT_WRITTEN
    }

    private final Kind kind;

    private CheckpointException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    CheckpointException(Kind kind, Path path, String problem, Throwable cause) {
        this(kind, "checkpoint " + path + ": " + problem, cause);
    }

    CheckpointException(Kind kind, Path path, String problem) {
        this(kind, path, problem, null);
    }

    static CheckpointException unreadable(Path path, IOException failure) {
        return new CheckpointException(
                Kind.UNREADABLE, path, "it cannot be read: " + IoReason.of(failure), failure);
    }

    static CheckpointException notWritten(Path path, IOException failure) {
        return new CheckpointException(
                Kind.NOT_WRITTEN, path, "it cannot be written: " + IoReason.of(failure), failure);
    }

    /** The same, and what to do about it. */
    CheckpointException with(String advice) {
        return new CheckpointException(kind, getMessage() + "; " + advice, getCause());
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }
}
