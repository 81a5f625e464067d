package gsdm.cli.command;

import gsdm.cli.config.ConfigurationFile;
import gsdm.cli.error.CommandException;
import gsdm.cli.session.RunConfiguration;
import gsdm.graph.problem.Names;
import gsdm.graph.problem.Problem;
import gsdm.graph.problem.Problems;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The options that a configuration is put together from. */
final class Configurable {

    private static final List<String> SECTIONS =
            List.of("problem", "model", "diffusion", "training", "sampling");

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "Start from a preset of the problem; 'gsdm problems' lists them.")
    private Optional<String> preset = Optional.empty();

    @Option(
            names = "--config",
            paramLabel = "FILE.yaml",
            description = "Then take what a file sets, as a run's config.yaml.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "SECTION.KEY=VALUE",
            description = {
                "Then set single values, as --set problem.rows=16 --set training.batch=8."
                        + " Sections:",
                "problem, model, diffusion, training, sampling."
            })
    private List<String> settings = List.of();

    /**
     * The configuration: defaults, then the preset, then the file, then {@code --set}.
     *
     * @param named the problem named on the command line; the file's if there is none
     */
    RunConfiguration resolve(Optional<String> named) {
        Map<String, Map<String, Object>> layer = file.map(Configurable::read).orElse(Map.of());
        file.ifPresent(path -> checkSections(path, layer.keySet()));
        Problem problem = problem(named, layer);
        return RunConfiguration.resolve(
                problem, preset, file.map(Path::toString).orElse(""), layer, settings);
    }

    /** As {@link #resolve}, of a default problem if neither command line nor file names one. */
    RunConfiguration resolveOr(Optional<String> named, String otherwise) {
        return resolve(
                named.or(() -> file.isPresent() ? Optional.empty() : Optional.of(otherwise)));
    }

    private static Map<String, Map<String, Object>> read(Path path) {
        try {
            return ConfigurationFile.read(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A misspelt section is named as such, not taken for a file without a problem. */
    private static void checkSections(Path path, Set<String> found) {
        for (String section : found) {
            if (!SECTIONS.contains(section)) {
                throw CommandException.badInput(
                        "%s: unknown section %s: did you mean %s?"
                                .formatted(
                                        path,
                                        section,
                                        Names.nearest(section, SECTIONS).orElseThrow()));
            }
        }
    }

    private static Problem problem(Optional<String> named, Map<String, Map<String, Object>> layer) {
        Optional<String> inFile =
                Optional.ofNullable(layer.getOrDefault("problem", Map.of()).get("name"))
                        .map(Object::toString);
        String name =
                named.or(() -> inFile)
                        .orElseThrow(() ->
                                CommandException.usage(
                                        "name a problem, as matrix-factorization; 'gsdm"
                                                + " problems' lists them"));
        return Problems.named(name);
    }
}
