package gsdm.nn.checkpoint;

import java.nio.file.Path;

/** A checkpoint cannot be read or written; the message says which and why. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CheckpointException(Path path, String problem, Throwable cause) {
        super("checkpoint " + path + ": " + problem, cause);
    }

    CheckpointException(Path path, String problem) {
        this(path, problem, null);
    }
}
