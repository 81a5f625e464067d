package gsdm.tensor.backend;

/** Offers a backend; found through {@link java.util.ServiceLoader}. */
public interface BackendProvider {
    /** The name the backend is asked for by. */
    String name();

    /** Whether the backend can be used here. Fails never, says why not instead. */
    Probe probe();

    /**
     * Opens the backend.
     *
     * @param threads how many threads may share an op, 1 or more
     * @throws BackendUnavailableException if the probe says unusable
     */
    Backend open(int threads);

    /** What a probe found. */
    sealed interface Probe {}

    /**
     * The backend works here.
     *
     * @param score the best usable backend has the highest
     * @param description what it would run on
     */
    record Usable(int score, String description) implements Probe {}

    /**
     * The backend does not work here.
     *
     * @param reason one line, with what to do about it
     */
    record Unusable(String reason) implements Probe {}
}
