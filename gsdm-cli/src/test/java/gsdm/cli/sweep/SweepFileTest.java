package gsdm.cli.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.cli.error.CommandException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class SweepFileTest {

    /** Lines 1 to 4 of files whose rows, from line 5 on, differ. */
    private static final String HEAD =
            "problem: matrix-factorization\npreset: tiny\nseeds: [1, 2]\nsteps: 10\n";

    @TempDir Path folder;

    private Sweep read(String yaml) throws IOException {
        return SweepFile.read(Files.writeString(folder.resolve("e.yaml"), yaml), new Instances());
    }

    @Test
    void rowsTakeWhatIsCommonThenTheirOwn() throws IOException {
        Sweep sweep =
                read(
                        HEAD
                                + """
                                settings:
                                  training: {batch: 8, learning-rate: 1e-3}
                                  model.layers: 1
                                rows:
                                  plain:
                                  adam: &adam {training.optimizer: adam}
                                  large adam: {<<: [*adam], training.batch: 16}
                                  reference: {preset: reference, model.channels: 32}
                                grid:
                                  training.learning-rate: [2e-3, 3e-3]
                                  diffusion.schedule: [linear, cosine]
                                """);
        assertThat(sweep.name()).isEqualTo("e");
        assertThat(sweep.rows().stream().map(Sweep.Row::name))
                .containsExactly(
                        "plain",
                        "adam",
                        "large adam",
                        "reference",
                        "learning-rate=2e-3 schedule=linear",
                        "learning-rate=2e-3 schedule=cosine",
                        "learning-rate=3e-3 schedule=linear",
                        "learning-rate=3e-3 schedule=cosine");
        Map<String, Object> large = sweep.rows().get(2).configuration().values().flat();
        assertThat(large)
                .containsEntry("training.batch", 16L)
                .containsEntry("training.learning-rate", 1e-3)
                .containsEntry("training.optimizer", "adam")
                .containsEntry("training.steps", 10L)
                .containsEntry("training.minutes", 0.0)
                .containsEntry("model.channels", 16L);
        assertThat(sweep.differences(sweep.rows().getFirst()))
                .containsEntry("training.batch", 8L)
                .containsEntry("diffusion.schedule", "cosine")
                .doesNotContainKeys("model.layers", "training.seed");
        assertThat(sweep.rows().get(3).configuration().values().flat())
                .containsEntry("diffusion.schedule", "linear")
                .containsEntry("model.channels", 32L)
                .containsEntry("training.learning-rate", 1e-3);
        assertThat(sweep.runs().stream().map(Sweep.Run::folder))
                .hasSize(16)
                .startsWith("plain-seed1", "adam-seed1", "large-adam-seed1")
                .endsWith("learning-rate=3e-3-schedule=cosine-seed2");
        assertThat(sweep.runs().getLast().configuration().command().seed()).isEqualTo(2);
    }

    @Test
    void theTimeIsThatOfEveryRun() throws IOException {
        Sweep sweep = read(HEAD.replace("steps: 10", "time: 90s") + "rows: {a: {}}");
        assertThat(sweep.rows().getFirst().configuration().command().minutes()).isEqualTo(1.5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rows: {a: {training.bacth: 3}}    | :5: unknown key training.bacth: did you mean",
                "rows: {a: {trainin.batch: 3}}     | :5: unknown section trainin",
                "rows: {a: {training.batch: x}}    | :5: training.batch: expected a whole number",
                "rows: {a: {training.batch: 0}}    | :5: row a: section training: batch must be 1",
                "rows: {a: {model.heads: 7}}       | :5: row a: section model:",
                "rows: {a: {problem.rows: 0}}      | :5: row a: ",
                "rows: {a: {sampling.steps: 2000}} | :5: row a: sampling.steps (2000) must be at",
                "rows: {a: {batch: 3}}             | :5: expected a section, or section.key: value",
                "rows: {a: [1]}                    | :5: expected rows a to hold",
                "rows: {a: {preset: quik}}         | :5: unknown preset quik",
                "rows: {a: {training.seed: 3}}     | :5: training.seed is what the file says under"
                        + " seeds",
                "rows: {a: {training.minutes: 3}}  | under steps or time",
                "rows: {a: {training: {batch: 3}, training.batch: 3}} | training.batch stands"
                        + " twice",
                "rows: {a: {}, a: {}}              | :5: not a YAML file as expected: ",
                "rows: {a: {}, b: {}}              | :5: rows a and b have the same settings",
                "rows: {a b: {}, a-b: {training.batch: 3}} | rows a b and a-b have names too alike",
                "rows: {..: {}}                    | :5: row \"..\": expected a name",
                "rows: {}                          | :5: expected rows, or a grid",
                "grid: {}                          | e.yaml: expected rows, or a grid",
                "grid: {training.batch: []}        | :5: training.batch: expected a list of values",
                "grid: {training.batch: 3}         | :5: training.batch: expected a list of values",
                "grid: {training.batch: [3, 3.0]}  | have the same settings",
                "rwos: {a: {}}                     | :5: unknown key rwos: did you mean rows?",
                "time: 2m                          | :4: expected either steps or time",
            })
    void wrongRowsAreRefusedWithTheirLine(String line, String message) {
        assertThatThrownBy(() -> read(HEAD + line + "\n"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seeds: [1, 2]   | seeds: []      | :3: seeds: expected a list of whole numbers",
                "seeds: [1, 2]   | seeds: [1, x]  | :3: seeds: expected a list of whole numbers",
                "seeds: [1, 2]   | seeds: [1, 1]  | :3: a seed stands twice",
                "seeds: [1, 2]   | # none         | e.yaml: seeds: expected a list",
                "steps: 10       | steps: 0       | :4: steps: expected a whole number, 1 or more",
                "steps: 10       | steps: many    | :4: steps: expected a whole number, 1 or more",
                "steps: 10       | time: 5        | :4: time: expected a time as 90s",
                "steps: 10       | # none         | e.yaml: expected either steps or time",
                "preset: tiny    | preset: tyni   | :5: unknown preset tyni",
                "preset: tiny    | preset: [tiny] | :2: preset: expected the name of a preset",
                "problem: matrix | problem: matix | :1: no problem 'matix-factorization'",
            })
    void wrongHeadsAreRefusedWithTheirLine(String right, String wrong, String message) {
        assertThatThrownBy(() -> read(HEAD.replace(right, wrong) + "rows: {a: {}}\n"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aLineIsThatOfTheKeyAlsoInWhatIsCommon() {
        assertThatThrownBy(() ->
                        read(
                                HEAD
                                        + "settings:\n"
                                        + "  model: {layers: 1}\n"
                                        + "  training:\n"
                                        + "    batch: x\n"
                                        + "rows: {a: {}}\n"))
                .hasMessageContaining("e.yaml:8: training.batch: expected a whole number");
    }

    @Test
    void gridsThatExplodeAreRefused() {
        String values = "[" + "1, ".repeat(40) + "1]";
        assertThatThrownBy(() ->
                        read(
                                HEAD
                                        + "grid: {training.batch: "
                                        + values
                                        + ", model.layers: "
                                        + values
                                        + "}\n"))
                .hasMessageContaining("more than 1000 points");
    }

    /** The experiments that ship. */
    static List<Path> experiments() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("../docs/experiments"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void theExperimentsThatShipCanBeRun(Path file) throws IOException {
        Sweep sweep = SweepFile.read(file, new Instances());
        assertThat(sweep.runs()).isNotEmpty();
    }
}
