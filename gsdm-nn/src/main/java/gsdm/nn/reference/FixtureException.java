package gsdm.nn.reference;

import java.nio.file.Path;

/** A fixture cannot be compared: it is damaged, or a tensor is missing or left over. */
public final class FixtureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FixtureException(Path path, String problem, Throwable cause) {
        super("fixture " + path + ": " + problem, cause);
    }

    FixtureException(Path path, String problem) {
        this(path, problem, null);
    }
}
