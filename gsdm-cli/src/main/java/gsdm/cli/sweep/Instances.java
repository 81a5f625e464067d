package gsdm.cli.sweep;

import gsdm.cli.session.RunConfiguration;
import gsdm.graph.problem.ProblemInstance;

import java.util.Map;

/**
 * Builds problems, and keeps the latest: most experiments have one for all runs, and a mask may
 * take much of the memory.
 */
public final class Instances {

    private static final String PROBLEM = "problem";

    private Map<String, Object> sizes = Map.of();
    private ProblemInstance latest;

    /** The problem of a configuration at its sizes. */
    public ProblemInstance of(RunConfiguration configuration) {
        Map<String, Object> wanted = configuration.values().section(PROBLEM);
        if (!wanted.equals(sizes)) {
            latest = configuration.instance();
            sizes = wanted;
        }
        return latest;
    }
}
