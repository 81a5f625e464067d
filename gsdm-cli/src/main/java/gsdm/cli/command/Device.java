package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.BackendProvider;
import gsdm.tensor.backend.Backends;

import picocli.CommandLine.Option;

import java.util.List;
import java.util.stream.Collectors;

/** The options that choose what computes. */
final class Device {

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--device",
            paramLabel = "NAME",
            defaultValue = Backends.AUTO,
            description =
                    "What computes: auto (the best there is), or a name that 'gsdm devices' lists.")
    private String name = Backends.AUTO;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Threads to compute with; all cores by default, and at most. Results do not"
                            + " depend on it.")
    private int threads = CORES;

    /** Opens the backend and says which it is, and for auto why the others were passed over. */
    Backend open(Output output) {
        if (threads < 1) {
            throw CommandException.usage("--threads: expected 1 or more, found " + threads);
        }
        if (threads > CORES) {
            output.note(
                    "--threads %d: more than the %d cores there are only slows down; taking %d"
                            .formatted(threads, CORES, CORES));
        }
        // By its name, since the line says what the library's warning would.
        Backend backend =
                Backends.open(isAuto() ? Backends.best() : name, Math.min(threads, CORES));
        output.note("device " + line(backend));
        return backend;
    }

    /** One line: what the backend is, and for auto why the others were passed over. */
    String line(Backend backend) {
        if (!isAuto()) {
            return backend.description();
        }
        List<Backends.Candidate> others =
                Backends.candidates().stream()
                        .filter(other -> !other.provider().name().equals(backend.name()))
                        .toList();
        return backend.description()
                + others.stream()
                        .map(other -> "; not " + other.provider().name() + ": " + why(other))
                        .collect(Collectors.joining());
    }

    private boolean isAuto() {
        return name.equals(Backends.AUTO);
    }

    private static String why(Backends.Candidate other) {
        return switch (other.probe()) {
            case BackendProvider.Unusable unusable -> unusable.reason();
            case BackendProvider.Usable _ -> "slower";
        };
    }
}
