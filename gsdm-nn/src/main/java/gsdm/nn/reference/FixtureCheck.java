package gsdm.nn.reference;

import gsdm.tensor.backend.Backend;
import java.nio.file.Path;

/** Runs recorded fixtures of the reference implementation on a backend and compares. */
public final class FixtureCheck {
    private FixtureCheck() {}

    /**
     * Compares one fixture.
     *
     * @throws FixtureException if the file is damaged, or a tensor is missing or left over
     */
    public static FixtureReport run(Backend backend, Path file) {
        throw new FixtureException(file, backend.name() + ": comparing is not there yet");
    }
}
