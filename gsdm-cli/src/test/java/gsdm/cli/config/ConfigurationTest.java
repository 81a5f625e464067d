package gsdm.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

class ConfigurationTest {

    enum Shape {
        ROUND,
        VERY_FLAT
    }

    record Sample(
            int batch,
            double learningRate,
            float decay,
            boolean scaleScores,
            Shape shape,
            long seed) {
        Sample {
            if (batch < 1) {
                throw new IllegalArgumentException("batch must be at least 1, found " + batch);
            }
        }
    }

    private static final Sample DEFAULTS =
            new Sample(16, 3e-4, 0.999f, true, Shape.VERY_FLAT, 1L << 40);

    private final RecordSection<Sample> training =
            new RecordSection<>("training", DEFAULTS, new KeyDocs());
    private final Section model =
            new Section(
                    "model",
                    List.of(
                            new Key("channels", KeyType.INTEGER, 64L, "width"),
                            new Key("clip", KeyType.NUMBER, Double.POSITIVE_INFINITY, "bound"),
                            new Key("note", KeyType.TEXT, "conv 1->4, # 3x3", "anything"),
                            new Key("sizes", KeyType.INTEGERS, List.of(1L, 2L), "a list")));
    private final List<Section> schema = List.of(model, training.section());

    @Test
    void defaultsBindToTheRecordTheyCameFrom() {
        assertThat(training.bind(new ConfigurationBuilder(schema).build())).isEqualTo(DEFAULTS);
    }

    @Test
    void laterLayersWin() {
        Configuration configuration =
                new ConfigurationBuilder(schema)
                        .layer("preset quick", layer("training", Map.of("batch", 2, "seed", 2)))
                        .layer("file", layer("training", Map.of("seed", 3, "learning-rate", 0.5)))
                        .set("training.learning-rate=1e-2")
                        .set("training.shape=round")
                        .build();
        assertThat(training.bind(configuration))
                .isEqualTo(new Sample(2, 1e-2, 0.999f, true, Shape.ROUND, 3));
    }

    @Test
    void fileReadsBackToAnEqualConfiguration() {
        Configuration configuration =
                new ConfigurationBuilder(schema)
                        .set("model.note=yes: \"quoted\" # not a comment")
                        .set("model.sizes=[3, 4,5]")
                        .set("training.decay=0.1")
                        .build();
        String yaml = ConfigurationFile.format(configuration, schema);
        Configuration again =
                new ConfigurationBuilder(schema)
                        .layer("config.yaml", ConfigurationFile.parse("config.yaml", yaml))
                        .build();
        assertThat(again).isEqualTo(configuration);
        assertThat(again.section("model")).containsEntry("sizes", List.of(3L, 4L, 5L));
        assertThat(training.bind(again).decay()).isEqualTo(0.1f);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "training.bacth=1      | did you mean training.batch?",
                "training.learningrate=1 | did you mean training.learning-rate?",
                "trainin.batch=1       | did you mean training?",
                "training.batch=many   | training.batch: expected a whole number, found \"many\"",
                "training.batch=1.5    | expected a whole number, found \"1.5\"",
                "training.batch=1e999999999 | expected a whole number",
                "training.batch=3e9    | expected at most 2147483647, found 3000000000",
                "training.batch=0      | section training: batch must be at least 1, found 0",
                "training.learning-rate=NaN | expected a number, found \"NaN\"",
                "training.scale-scores=maybe | expected true or false",
                "training.shape=square | expected one of round, very-flat, found \"square\"",
                "model.sizes=1;2       | expected a list of whole numbers",
            })
    void wrongSettingsSayWhatIsRight(String assignment, String message) {
        assertThatThrownBy(() ->
                        training.bind(new ConfigurationBuilder(schema).set(assignment).build()))
                .isInstanceOfSatisfying(
                        CommandException.class,
                        e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_INPUT))
                .hasMessageContaining(message);
    }

    @Test
    void settingWithoutSectionOrValueIsUsage() {
        for (String assignment : List.of("batch=1", "training.batch", ".x=1", "training.=1")) {
            assertThatThrownBy(() -> new ConfigurationBuilder(schema).set(assignment))
                    .isInstanceOfSatisfying(
                            CommandException.class,
                            e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                    .hasMessageContaining("section.key=value");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'training: [1, 2'        | f.yaml:1: not a YAML file",
                "'training: 3'            | section training",
                "'just words'             | expected the file to hold",
                "'model:\n  a: 1\n  a: 2' | f.yaml:3",
                "'model: {a: *x}'         | f.yaml:1: not a YAML file as expected: found undefined"
                        + " alias x",
                "'a: 1\n"
                        + "---\n"
                        + "b: 2'        | f.yaml:2: not a YAML file as expected: expected a single"
                        + " document in the stream, but found another document",
                "'model:\n\ta: 1'         | f.yaml:2: not a YAML file as expected: while scanning",
                "'a: !!binary aGVsbG8='   | f.yaml:1: not a YAML file as expected: could not",
                "'[a, b]'                 | expected the file to hold \"name: value\" lines, found"
                        + " a list",
                "'model: &x [*x]'         | expected section model to hold \"name: value\" lines,"
                        + " found a list",
                "'? [a]\n: 1'             | f.yaml: not a YAML file as expected: Non scalar key",
            })
    void brokenFilesAreBadInput(String yaml, String message) {
        assertThatThrownBy(() -> ConfigurationFile.parse("f.yaml", yaml))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining(message);
    }

    @Test
    void nestingTooDeepIsBadInput() {
        assertThatThrownBy(() -> ConfigurationFile.parse("f.yaml", "[".repeat(100_000)))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("nested too deep");
    }

    @Test
    void aliasesAndMergedKeysStandForWhatTheyName() {
        String yaml =
                """
                model: &first
                  note: &text "conv 1"
                  sizes: [3, 4]
                training: {shape: round, seed: 7}
                """;
        String aliased = yaml + "again: {<<: *first, channels: 5, copy: *text}\n";
        assertThat(ConfigurationFile.parse("f.yaml", aliased).get("again"))
                .isEqualTo(
                        Map.of(
                                "note", "conv 1",
                                "sizes", List.of("3", "4"),
                                "channels", "5",
                                "copy", "conv 1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  \n",
                "# all of it\n",
                "---\n",
                "model:\n",
                "model: # a comment\n  # b"
            })
    void commentsAloneSetNothing(String yaml) {
        assertThat(
                        new ConfigurationBuilder(schema)
                                .layer("f.yaml", ConfigurationFile.parse("f.yaml", yaml))
                                .build())
                .isEqualTo(new ConfigurationBuilder(schema).build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "note: 010                 | note     | 010",
                "note: 1e3                 | note     | 1e3",
                "note: 2025-01-01          | note     | 2025-01-01",
                "note: yes                 | note     | yes",
                "note: \"null\"             | note     | null",
                "channels: 010             | channels | 10",
                "clip: +.inf               | clip     | Infinity",
                "sizes: [1, 1e2]           | sizes    | [1, 100]",
            })
    void whatTextStandsForIsForTheKeyToSay(String line, String key, String value) {
        Configuration configuration =
                new ConfigurationBuilder(schema)
                        .layer("f.yaml", ConfigurationFile.parse("f.yaml", "model:\n  " + line))
                        .build();
        assertThat(configuration.section("model").get(key)).hasToString(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "channels: 0x10     | model.channels: expected a whole number, found \"0x10\"",
                "channels: 1_000    | model.channels: expected a whole number, found \"1_000\"",
                "channels:          | model.channels: expected a whole number, found \"\"",
                "channels: [1]      | model.channels: expected a whole number, found a list",
                "channels: 1e400    | model.channels: expected a whole number from"
                        + " -9223372036854775808",
                "clip: 1e400        | model.clip: expected a number, found \"1e400\"",
                "note: {a: &x [*x]} | model.note: expected text, found a section",
                "note: [a]          | model.note: expected text, found a list",
                "sizes: [1, [2]]    | model.sizes: expected a list of whole numbers, found a list",
                "1: 2               | unknown key model.1",
            })
    void wrongValuesInAFileSayWhatIsRight(String line, String message) {
        assertThatThrownBy(() ->
                        new ConfigurationBuilder(schema)
                                .layer(
                                        "f.yaml",
                                        ConfigurationFile.parse("f.yaml", "model:\n  " + line)))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith("f.yaml: ")
                .hasMessageContaining(message);
    }

    @Test
    void pathsAreAbsoluteWhereTheyAreRead() {
        Key key = new Key("data", KeyType.PATH, "", "where");
        String home = System.getProperty("user.home");
        String here = Path.of("").toAbsolutePath().toString();
        assertThat(key.parse("problem", "")).isEqualTo("");
        assertThat(key.parse("problem", "mnist")).isEqualTo(here + "/mnist");
        assertThat(key.parse("problem", here + "/mnist")).isEqualTo(here + "/mnist");
        assertThat(key.parse("problem", "~/mnist")).isEqualTo(home + "/mnist");
        assertThat(key.parse("problem", "~")).isEqualTo(home);
        assertThatThrownBy(() -> key.parse("problem", "a\0b"))
                .hasMessageContaining("problem.data: expected a path");
    }

    @Test
    void unknownKeyInAFileNamesTheFile() {
        assertThatThrownBy(() ->
                        new ConfigurationBuilder(schema)
                                .layer("my.yaml", layer("model", Map.of("chanels", 1))))
                .hasMessage("my.yaml: unknown key model.chanels: did you mean model.channels?");
    }

    @Test
    void kebabCaseSplitsAtCapitals() {
        assertThat(RecordSection.kebab("checkpointEvery")).isEqualTo("checkpoint-every");
        assertThat(RecordSection.kebab("beta1")).isEqualTo("beta1");
    }

    private static Map<String, Map<String, Object>> layer(
            String section, Map<String, Object> keys) {
        return Map.of(section, keys);
    }
}
