package gsdm.nn;

import gsdm.tensor.backend.BackendProvider;
import gsdm.tensor.backend.Backends;

import java.util.stream.Stream;

/** The backends that a test is repeated over. */
public final class TestBackends {
    private TestBackends() {}

    /** The names of those that are usable here; at least the scalar one is. */
    public static Stream<String> usable() {
        return Backends.candidates().stream()
                .filter(candidate -> candidate.probe() instanceof BackendProvider.Usable)
                .map(candidate -> candidate.provider().name());
    }
}
