package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;
import static gsdm.cli.command.TinyRun.STEPS;
import static gsdm.cli.command.TinyRun.json;
import static gsdm.cli.command.TinyRun.metrics;
import static gsdm.cli.command.TinyRun.training;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.cli.run.RunFolder;
import gsdm.nn.train.NoiseBand;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A small run from beginning to end. */
class RunTest {

    @TempDir static Path shared;
    @TempDir Path folder;

    private static Path trained;
    private static CommandRunner.Result training;

    @BeforeAll
    static void train() {
        trained = shared.resolve("run");
        training = run(training(trained, "--json"));
    }

    @Test
    void trainingEndsWithAnEvaluationAndAFullFolder() throws IOException {
        assertThat(training.code()).isZero();
        assertThat(training.err()).contains("device ", "run folder", "EMA");
        JsonNode result = json(training.out());
        assertThat(result.get("step").asInt()).isEqualTo(STEPS);
        assertThat(result.get("metrics").get("rmse").asDouble()).isPositive();
        for (String figure : List.of("rmse", "rmse_relative", "consistency/C", "consistency/E")) {
            assertThat(result.get("metrics").get(figure + "_sem").asDouble())
                    .isPositive()
                    .isLessThan(result.get("metrics").get(figure).asDouble());
        }
        assertThat(trained.resolve("report.html"))
                .content()
                .contains("rmse", "consistency/E", " ± ", "data:image/png");
        assertThat(trained.resolve("plots")).isDirectoryContaining("glob:**loss.png");
        assertThat(trained.resolve("plots")).isDirectoryContaining("glob:**loss-by-array.png");
        assertThat(trained.resolve("plots")).isDirectoryContaining("glob:**loss-by-noise.png");
        assertThat(trained.resolve("plots")).isDirectoryContaining("glob:**quality.png");
        assertThat(trained.resolve("plots")).isDirectoryContaining("glob:**consistency.png");
        assertThat(trained.resolve("plots")).isDirectoryContaining("glob:**sample.png");
        assertThat(trained.resolve("tb")).isNotEmptyDirectory();
        assertThat(json(Files.readString(trained.resolve("environment.json"))).get("jdk"))
                .isNotNull();
        List<JsonNode> lines = metrics(trained);
        assertThat(lines.stream().map(line -> line.get("step").asInt()))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, STEPS).boxed().toList());
        assertThat(lines.getFirst().get("loss/A").isNumber()).isTrue();
        assertThat(lines.getFirst().get("loss/E").isNull()).isTrue();
        List<String> bands =
                lines.getFirst().propertyNames().stream()
                        .filter(name -> name.startsWith("loss_by_noise/"))
                        .toList();
        assertThat(bands).hasSize(NoiseBand.values().length).isSorted();
        for (JsonNode line : lines) {
            assertThat(bands.stream().filter(band -> line.get(band).isNumber())).isNotEmpty();
            assertThat(bands.stream().filter(band -> line.get(band).isNull())).isNotEmpty();
        }
    }

    @Test
    void aDryRunSaysHowLargeItIsAndMakesNothing() {
        Path dry = folder.resolve("dry");
        CommandRunner.Result result = run(training(dry, "--dry-run", "--json"));
        assertThat(result.code()).isZero();
        assertThat(dry).doesNotExist();
        JsonNode size = json(result.out());
        assertThat(size.get("nodes").asInt()).isEqualTo(3 + 3 + 9 + 9);
        // a self loop each, and C with its two factors and its sum
        assertThat(size.get("edges").asInt()).isEqualTo(24 + 2 * (2 * 9 + 9));
        assertThat(size.get("fits").asString()).isEqualTo("yes");
        assertThat(size.get("bytes_recomputed").asLong())
                .isPositive()
                .isLessThan(size.get("bytes").asLong());
        assertThat(size.get("bytes_evaluating").asLong()).isPositive();
        assertThat(size.get("bytes").asLong()).isLessThan(size.get("bytes_available").asLong());
        String subgraphs = "training.subgraph=plate";
        JsonNode part =
                json(
                        run(training(
                                        dry,
                                        "--dry-run",
                                        "--json",
                                        "--set",
                                        subgraphs,
                                        "--set",
                                        "training.budget=15"))
                                .out());
        assertThat(part.get("nodes").asInt()).isBetween(8, 15);
        assertThat(part.get("parameters")).isEqualTo(size.get("parameters"));
        assertThat(run(training(dry, "--dry-run")).out())
                .contains("parameters ", "memory activations");
    }

    @Test
    void moreThreadsThanCoresAreNotTaken() {
        int cores = Runtime.getRuntime().availableProcessors();
        CommandRunner.Result result =
                run("eval", trained, "--problems", 1, "--threads", Integer.MAX_VALUE);
        assertThat(result.code()).isZero();
        assertThat(result.err())
                .contains("--threads 2147483647", "taking " + cores, ", " + cores + " thread");
        assertThat(run("eval", trained, "--problems", 1, "--threads", 1).err())
                .contains("1 thread)")
                .doesNotContain("--threads");
    }

    @Test
    void theFirstAndTheLastStepAreThereForTensorBoard() throws IOException {
        Path run = folder.resolve("run");
        String line =
                "train matrix-factorization --preset tiny --steps 3 --set training.evaluate=0"
                        + " --run "
                        + run;
        assertThat(run((Object[]) line.split(" ")).code()).isZero();
        try (Stream<Path> files = Files.list(run.resolve("tb"))) {
            byte[] events = Files.readAllBytes(files.findFirst().orElseThrow());
            String text = new String(events, StandardCharsets.ISO_8859_1);
            assertThat(text.split("learning_rate", -1)).hasSize(2 + 1);
            assertThat(text).contains("loss/A", "loss_by_noise/");
        }
    }

    @Test
    void evaluatingAgainGivesTheSameScore() {
        CommandRunner.Result result = run("eval", trained, "--json");
        assertThat(result.code()).isZero();
        JsonNode scores = json(result.out());
        assertThat(scores.propertyNames()).containsExactly("problem", "step", "metrics");
        assertThat(scores.get("metrics")).isEqualTo(json(training.out()).get("metrics"));
        assertThat(result.err()).contains("EMA");
        assertThat(run("eval", trained, "--raw", "-q", "--json").out()).isNotEqualTo(result.out());
    }

    @Test
    void figuresAreShownWithTheirErrors() {
        assertThat(run("eval", trained, "--problems", 3).out())
                .containsPattern("(?m)^rmse +\\d\\.\\d{4} ± \\d\\.\\d{4}$")
                .containsPattern("(?m)^consistency/C +\\d\\.\\d{4} ± \\d\\.\\d{4}$")
                .doesNotContain("_sem");
        assertThat(run("eval", trained, "--problems", 1).out())
                .containsPattern("(?m)^rmse +\\d\\.\\d{4}$");
        JsonNode one = json(run("eval", trained, "--problems", 1, "--json").out()).get("metrics");
        assertThat(one.get("rmse").isNumber()).isTrue();
        assertThat(one.get("rmse_sem").isNull()).isTrue();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream beside = new PrintStream(new ByteArrayOutputStream(), true);
        Commands.run(
                new Console(out, StandardCharsets.US_ASCII, beside),
                "eval",
                trained.toString(),
                "--problems",
                "3");
        assertThat(out.toString(StandardCharsets.US_ASCII)).contains(" +- ");
    }

    @Test
    void aFolderInUseIsLeftAlone() throws IOException {
        try (RunFolder.Lock _ = RunFolder.open(trained).lock()) {
            CommandRunner.Result result = run("resume", trained);
            assertThat(result.code()).isEqualTo(3);
            assertThat(result.err()).contains("run folder in use");
        }
        assertThat(run(training(trained)).code()).isEqualTo(3);
    }

    @Test
    void divergingStopsWithTheStepAndAdvice() {
        CommandRunner.Result result =
                run(
                        training(
                                folder.resolve("run"),
                                "--set",
                                "training.learning-rate=1e30",
                                "--set",
                                "training.clip-norm=1e30"));
        assertThat(result.code()).isEqualTo(4);
        assertThat(result.err())
                .contains("of step ", "is not finite", "training.learning-rate=1.0e-03");
    }

    @Test
    void stepsAreTimed() {
        CommandRunner.Result result =
                run("bench", "step", "--preset", "tiny", "--repeats", 3, "--json");
        assertThat(result.code()).isZero();
        assertThat(json(result.out()).propertyNames())
                .containsSubsequence(
                        "nodes",
                        "edges",
                        "parameters",
                        "threads",
                        "device",
                        "seconds_median",
                        "seconds_min",
                        "share_outside_kernels",
                        "gflops",
                        "bytes_reserved");
        assertThat(json(result.out()).get("gflops").asDouble()).isPositive();
        if (json(result.out()).get("device").asString().equals("vector")) {
            double times = json(result.out()).get("times_matmuls_at_peak").asDouble();
            assertThat(times).isGreaterThan(1);
        }
    }
}
