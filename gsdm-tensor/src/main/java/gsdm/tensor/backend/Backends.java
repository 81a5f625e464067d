package gsdm.tensor.backend;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Finds backends and chooses between them. Start Java with {@code --add-modules
 * jdk.incubator.vector}, which the fast one needs, and {@code --enable-native-access=ALL-UNNAMED}.
 */
public final class Backends {
    /** Asks for the best backend that is usable. */
    public static final String AUTO = "auto";

    private static final System.Logger LOGGER = System.getLogger(Backends.class.getName());

    /** One warning a process is enough, however many backends it opens. */
    private static final AtomicBoolean WARNED = new AtomicBoolean();

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

    /** Every provider there is, probed, best first; those of absent modules come last. */
    public static List<Candidate> candidates() {
        List<Candidate> candidates = new ArrayList<>();
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            candidates.add(new Candidate(provider, provider.probe()));
        }
        AbsentProvider tornado = AbsentProvider.TORNADO;
        if (candidates.stream().noneMatch(c -> c.provider().name().equals(tornado.name()))) {
            candidates.add(new Candidate(tornado, tornado.probe()));
        }
        candidates.sort(Comparator.comparingInt(Candidate::score).reversed());
        return candidates;
    }

    /** The name of the best backend that is usable. */
    public static String best() {
        return candidates().getFirst().provider().name();
    }

    /**
     * Opens the backend of that name, or the best for {@link #AUTO}, with a warning in the log,
     * once in a process, of those on the class path that cannot be used. A backend asked for by
     * name is never replaced by another.
     *
     * @param threads how many compute, 1 or more; more than there are processors only slow it down
     * @throws BackendUnavailableException if it cannot be used here, or no backend has the name
     */
    public static Backend open(String name, int threads) {
        List<Candidate> candidates = candidates();
        if (name.equals(AUTO)) {
            Backend best = candidates.getFirst().provider().open(threads);
            warn(best, candidates);
            return best;
        }
        for (Candidate candidate : candidates) {
            if (candidate.provider().name().equals(name)) {
                return switch (candidate.probe()) {
                    case BackendProvider.Usable _ -> candidate.provider().open(threads);
                    case BackendProvider.Unusable unusable ->
                            throw new BackendUnavailableException(
                                    "device " + name + " cannot be used: " + unusable.reason());
                };
            }
        }
        throw new BackendUnavailableException(
                "there is no device "
                        + name
                        + "; known: "
                        + candidates.stream().map(c -> c.provider().name()).toList());
    }

    private static void warn(Backend best, List<Candidate> candidates) {
        for (Candidate candidate : candidates) {
            if (candidate.probe() instanceof BackendProvider.Unusable unusable
                    && !(candidate.provider() instanceof AbsentProvider)
                    && WARNED.compareAndSet(false, true)) {
                LOGGER.log(
                        Level.WARNING,
                        "computing on device {0}, which is slower: device {1} cannot be used: {2}",
                        best.name(),
                        candidate.provider().name(),
                        unusable.reason());
            }
        }
    }
}
