package gsdm.cli.command;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A run that takes a second, and what tests do with its folder. */
final class TinyRun {

    static final int STEPS = 30;

    private TinyRun() {}

    /** The command line that trains it, checkpoints at 10, 20 and 30. */
    static Object[] training(Path to, Object... more) {
        Object[] fixed = {
            "train",
            "matrix-factorization",
            "--preset",
            "tiny",
            "--steps",
            STEPS,
            "--run",
            to,
            "--set",
            "training.checkpoint-every=10"
        };
        return Stream.concat(Stream.of(fixed), Stream.of(more)).toArray();
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.sorted(Comparator.naturalOrder()).toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    static List<JsonNode> metrics(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .map(TinyRun::json)
                .toList();
    }

    static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
