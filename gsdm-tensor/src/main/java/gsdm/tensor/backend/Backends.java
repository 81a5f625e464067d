package gsdm.tensor.backend;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Finds backends and chooses between them. Start Java with {@code --add-modules
 * jdk.incubator.vector}, which the fast one needs, and {@code --enable-native-access=ALL-UNNAMED}.
 */
public final class Backends {
    /** Asks for the best backend that is usable. */
    public static final String AUTO = "auto";

    private Backends() {}

    /**
     * A provider and what its probe found.
     *
     * @param provider offers the backend
     * @param probe usable or not, and why
     */
    public record Candidate(BackendProvider provider, BackendProvider.Probe probe) {
        int score() {
            return probe instanceof BackendProvider.Usable usable ? usable.score() : -1;
        }
    }

    /** Every provider on the class path, probed, best first. */
    public static List<Candidate> candidates() {
        List<Candidate> candidates = new ArrayList<>();
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            candidates.add(new Candidate(provider, provider.probe()));
        }
        candidates.sort(Comparator.comparingInt(Candidate::score).reversed());
        return candidates;
    }

    /**
     * Opens the backend of that name, or the best for {@link #AUTO}. A backend asked for by name is
     * never replaced by another.
     *
     * @throws BackendUnavailableException if it cannot be used here, or no backend has the name
     */
    public static Backend open(String name, int threads) {
        List<Candidate> candidates = candidates();
        for (Candidate candidate : candidates) {
            boolean named = candidate.provider().name().equals(name);
            switch (candidate.probe()) {
                case BackendProvider.Usable usable when named || name.equals(AUTO) -> {
                    return candidate.provider().open(threads);
                }
                case BackendProvider.Unusable unusable when named ->
                        throw new BackendUnavailableException(
                                "device " + name + " cannot be used: " + unusable.reason());
                default -> {}
            }
        }
        throw new BackendUnavailableException(
                "there is no device "
                        + name
                        + "; known: "
                        + candidates.stream().map(c -> c.provider().name()).toList());
    }
}
