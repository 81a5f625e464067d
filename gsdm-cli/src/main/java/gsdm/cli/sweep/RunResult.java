package gsdm.cli.sweep;

import gsdm.cli.io.AtomicFiles;
import gsdm.cli.io.Json;
import gsdm.cli.run.MetricsTable;
import gsdm.cli.run.RunFolder;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a run: {@code result.json} in its folder. Where there is none, the run is not
 * finished.
 *
 * @param diverged whether it ended with figures that are not finite
 * @param steps done
 * @param seconds that the steps took
 * @param metrics the scores by name; none if it diverged
 * @param machine what it ran on, name and value
 */
record RunResult(
        boolean diverged,
        long steps,
        double seconds,
        Map<String, Double> metrics,
        Map<String, String> machine) {

    private static final String FILE = "result.json";

    /** What is not the same in two runs of one process. */
    private static final String STARTED = "started";

    /** The result of a run that has just ended, by what its folder says. */
    static RunResult of(RunFolder folder, boolean diverged, Map<String, Double> metrics)
            throws IOException {
        MetricsTable log = MetricsTable.read(folder.metrics(), "seconds"::equals);
        Map<String, String> machine = texts(Json.read(folder.environment()));
        machine.remove(STARTED);
        return new RunResult(
                diverged,
                log.steps().length,
                Arrays.stream(log.columns().getOrDefault("seconds", new double[0])).sum(),
                metrics,
                machine);
    }

    /** The result of a run; empty if it is not finished. */
    static Optional<RunResult> read(RunFolder folder) throws IOException {
        Path file = folder.path().resolve(FILE);
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        JsonNode tree = Json.read(file);
        Map<String, Double> metrics = new LinkedHashMap<>();
        tree.path("metrics")
                .forEachEntry((name, value) -> metrics.put(name, value.asDouble(Double.NaN)));
        return Optional.of(
                new RunResult(
                        tree.path("diverged").asBoolean(),
                        tree.path("steps").asLong(),
                        tree.path("seconds").asDouble(),
                        metrics,
                        texts(tree.path("machine"))));
    }

    /** Writes it down: the run is finished. */
    void write(RunFolder folder) throws IOException {
        AtomicFiles.writeText(folder.path().resolve(FILE), Json.text(data()));
    }

    /** As JSON has it. */
    Map<String, Object> data() {
        Map<String, Object> data = figures();
        data.put("machine", machine);
        return data;
    }

    /** The same without the machine. */
    Map<String, Object> figures() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("diverged", diverged);
        data.put("steps", steps);
        data.put("seconds", seconds);
        data.put("metrics", metrics);
        return data;
    }

    private static Map<String, String> texts(JsonNode tree) {
        Map<String, String> texts = new LinkedHashMap<>();
        tree.forEachEntry((name, value) -> texts.put(name, value.asString()));
        return texts;
    }
}
