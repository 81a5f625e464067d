package gsdm.cli.command;

import gsdm.cli.error.CommandException;
import gsdm.cli.session.RunConfiguration;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Optional;

/** What is timed, how often, and on what. */
final class BenchOptions {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PROBLEM",
            description = "matrix-factorization by default.")
    private Optional<String> problem = Optional.empty();

    @Option(
            names = "--repeats",
            paramLabel = "N",
            defaultValue = "30",
            description = "How often to time; the median counts (default: ${DEFAULT-VALUE}).")
    private int repeats = 30;

    @Mixin private Configurable configurable = new Configurable();
    @Mixin private Device device = new Device();

    RunConfiguration configuration() {
        return configurable.resolveOr(problem, "matrix-factorization");
    }

    Device device() {
        return device;
    }

    /** At least 1. */
    int repeats() {
        if (repeats < 1) {
            throw CommandException.usage("--repeats: expected 1 or more, found " + repeats);
        }
        return repeats;
    }
}
