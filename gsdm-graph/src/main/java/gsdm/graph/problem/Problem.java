package gsdm.graph.problem;

import java.util.List;
import java.util.Map;

/**
 * A named generative program with settings, a conditioning and a measure of quality. Found through
 * {@link java.util.ServiceLoader}: implement this with a public constructor without parameters, and
 * name the class in {@code META-INF/services/gsdm.graph.problem.Problem}.
 */
public interface Problem {

    /** Lower-case words joined by hyphens. */
    String name();

    /** A paragraph for people: what is drawn, what is observed, what is asked. */
    String description();

    /** What can be set, with defaults. */
    List<Parameter> parameters();

    /**
     * Builds the problem.
     *
     * @param settings of {@link #parameters}
     * @throws ProblemException if the settings do not go together
     */
    ProblemInstance build(Settings settings);

    /** Builds the problem with the given settings and defaults for the rest. */
    default ProblemInstance build(Map<String, String> given) {
        return build(Settings.of(parameters(), given));
    }
}
