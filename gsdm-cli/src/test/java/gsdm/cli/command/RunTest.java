package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.cli.io.NpyArray;
import gsdm.cli.io.NpyFile;
import gsdm.cli.progress.StopRequest;
import gsdm.cli.run.RunFolder;
import gsdm.cli.session.RunConfiguration;
import gsdm.cli.session.TrainingSession;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A small run from beginning to end, and everything that can be done with it. */
class RunTest {

    private static final int STEPS = 30;

    @TempDir static Path shared;
    @TempDir Path folder;

    private static Path trained;
    private static CommandRunner.Result training;

    @BeforeAll
    static void train() {
        trained = shared.resolve("run");
        training = run(training(trained, "--json"));
    }

    private static Object[] training(Path to, Object... more) {
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

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    @Test
    void trainingEndsWithAnEvaluationAndAFullFolder() throws IOException {
        assertThat(training.code()).isZero();
        assertThat(training.err()).contains("device ", "run folder", "EMA");
        JsonNode result = json(training.out());
        assertThat(result.get("step").asInt()).isEqualTo(STEPS);
        assertThat(result.get("metrics").get("rmse").asDouble()).isPositive();
        assertThat(trained.resolve("report.html")).content().contains("rmse", "data:image/png");
        assertThat(trained.resolve("plots")).isDirectoryContaining("glob:**loss.png");
        assertThat(trained.resolve("plots")).isDirectoryContaining("glob:**quality.png");
        assertThat(trained.resolve("plots")).isDirectoryContaining("glob:**sample.png");
        assertThat(trained.resolve("tb")).isNotEmptyDirectory();
        assertThat(json(Files.readString(trained.resolve("environment.json"))).get("jdk"))
                .isNotNull();
        List<JsonNode> lines = metrics(trained);
        assertThat(lines.stream().map(line -> line.get("step").asInt()))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, STEPS).boxed().toList());
        assertThat(lines.getFirst().get("loss/A").isNumber()).isTrue();
        assertThat(lines.getFirst().get("loss/E").isNull()).isTrue();
    }

    private static List<JsonNode> metrics(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .map(RunTest::json)
                .toList();
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
        }
    }

    @Test
    void scoresAreShownThoughTheReportCannotBeWritten() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        Files.delete(copy.resolve("report.html"));
        Files.createDirectories(copy.resolve("report.html/in-the-way"));
        CommandRunner.Result result = run("resume", copy, "--json");
        assertThat(result.code()).isEqualTo(1);
        assertThat(json(result.out()).get("metrics"))
                .isEqualTo(json(training.out()).get("metrics"));
        assertThat(result.err())
                .contains("trained, but the report cannot be written", "gsdm resume " + copy);
    }

    @Test
    void aFigureThatCannotBeWrittenIsLeftOut() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        Files.delete(copy.resolve("plots/loss.png"));
        Files.createDirectories(copy.resolve("plots/loss.png/in-the-way"));
        CommandRunner.Result result = run("resume", copy);
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains("warning: the report has no figures");
        assertThat(result.out()).contains("rmse");
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
    void aRunThatWasCutOffGoesOnBitForBit() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        Files.delete(copy.resolve("checkpoints/step-000000030.safetensors"));
        Path metrics = copy.resolve("metrics.jsonl");
        String half = Files.readString(metrics);
        Files.writeString(metrics, half.substring(0, half.length() - 40));
        CommandRunner.Result resumed = run("resume", copy, "--threads", 1, "--json");
        assertThat(resumed.code()).isZero();
        assertThat(resumed.err()).contains("going on after step 20");
        assertThat(metrics(copy)).hasSize(STEPS);
        String last = "checkpoints/step-000000030.safetensors";
        assertThat(copy.resolve(last)).hasSameBinaryContentAs(trained.resolve(last));
        assertThat(json(resumed.out()).get("metrics"))
                .isEqualTo(json(training.out()).get("metrics"));
    }

    @Test
    void anEditedConfigurationIsWarnedOf() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        assertThat(run("resume", copy).err()).doesNotContain("warning");
        Path config = copy.resolve("config.yaml");
        String text = Files.readString(config);
        Files.writeString(config, text.replaceFirst("learning-rate: \\S+", "learning-rate: 0.5"));
        CommandRunner.Result resumed = run("resume", copy);
        assertThat(resumed.code()).isZero();
        assertThat(resumed.err())
                .contains("warning: " + config + " is not what this run was started with")
                .contains("step-000000030.safetensors");
    }

    @Test
    void anEditedLengthIsFollowedAndWarnedOf() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        Path config = copy.resolve("config.yaml");
        String text = Files.readString(config);
        Files.writeString(config, text.replaceFirst(" steps: 30 ", " steps: 32 "));
        CommandRunner.Result resumed = run("resume", copy, "--json");
        assertThat(resumed.code()).isZero();
        assertThat(json(resumed.out()).get("step").asInt()).isEqualTo(32);
        assertThat(resumed.err())
                .contains("warning: " + config + ": training.steps is 32")
                .contains("started for 30: the learning rate is still planned for 30")
                .doesNotContain("is not what this run was started with");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.sorted(Comparator.naturalOrder()).toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void damagedCheckpointsArePassedOverAndNamed() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        Path last = copy.resolve("checkpoints/step-000000030.safetensors");
        byte[] bytes = Files.readAllBytes(last);
        bytes[bytes.length / 2] ^= 1;
        Files.write(last, bytes);
        CommandRunner.Result eval = run("eval", copy, "--json", "--problems", 2);
        assertThat(eval.err()).contains("warning: checkpoint " + last);
        assertThat(json(eval.out()).get("step").asInt()).isEqualTo(20);
        assertThat(run("eval", copy, "--checkpoint", last).code()).isEqualTo(3);
        try (Stream<Path> files = Files.list(copy.resolve("checkpoints"))) {
            for (Path file : files.toList()) {
                Files.write(file, new byte[100]);
            }
        }
        assertThat(run("eval", copy).code()).isEqualTo(3);
        CommandRunner.Result resume = run("resume", copy);
        assertThat(resume.code()).isEqualTo(3);
        assertThat(resume.err()).contains("every checkpoint is damaged");
    }

    @Test
    void whatIsNotUnderstoodIsNotOverwritten() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        Path last = copy.resolve("checkpoints/step-000000030.safetensors");
        byte[] bytes = Files.readAllBytes(last);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        bytes[text.indexOf("\"version\":\"1\"") + 11] = '7';
        Files.write(last, bytes);
        Files.delete(copy.resolve("metrics.jsonl"));
        for (String command : List.of("resume", "eval", "sample")) {
            CommandRunner.Result result = run(command, copy);
            assertThat(result.code()).isEqualTo(3);
            assertThat(result.err())
                    .contains(last + ": it has format version 7, this program reads version 1")
                    .contains("use a newer gsdm", "move it out of the folder")
                    .doesNotContain("damaged", "going on");
        }
        assertThat(last).hasBinaryContent(bytes);
        Files.delete(last);
        Files.createDirectory(last);
        CommandRunner.Result resume = run("resume", copy);
        assertThat(resume.code()).isEqualTo(3);
        assertThat(resume.err()).contains(last + ": this is not a file").doesNotContain("damaged");
        assertThat(copy.resolve("metrics.jsonl")).doesNotExist();
    }

    @Test
    void anotherProgramThanTheOneTrainedIsRefused() throws IOException {
        Path run = folder.resolve("bnn");
        CommandRunner.Result trained =
                run(
                        "train",
                        "bnn",
                        "--steps",
                        1,
                        "--run",
                        run,
                        "-q",
                        "--set",
                        "problem.image=2",
                        "--set",
                        "problem.layers=linear 3 bias relu; linear 2",
                        "--set",
                        "model.channels=8",
                        "--set",
                        "model.groups=4",
                        "--set",
                        "model.layers=1",
                        "--set",
                        "training.batch=2",
                        "--set",
                        "training.evaluate=0",
                        "--set",
                        "training.evaluate-every=0");
        assertThat(trained.code()).isZero();
        Path config = run.resolve("config.yaml");
        Files.writeString(config, Files.readString(config).replace("bias relu;", "bias;"));
        for (String command : List.of("resume", "eval", "sample")) {
            CommandRunner.Result result = run(command, run);
            assertThat(result.code()).as(command).isEqualTo(3);
            assertThat(result.err())
                    .contains("it is of another model: array S1: S1[n, c1] = relu(")
                    .doesNotContain("internal error");
        }
    }

    @Test
    void whatIsNotFiniteIsNotWritten() throws IOException {
        float[] values = new float[9];
        Arrays.fill(values, 1e38f);
        Path npy = folder.resolve("E.npy");
        NpyFile.write(npy, new NpyArray(new int[] {3, 3}, values));
        Path out = Files.createDirectories(folder.resolve("out"));
        Files.writeString(out.resolve("A.npy"), "former");
        CommandRunner.Result result =
                run("sample", trained, "--observe", "E=" + npy, "--out", out, "-q");
        assertThat(result.code()).isEqualTo(4);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).containsPattern("sampling gives values of array \\w that are not");
        assertThat(result.err().lines().filter(line -> line.contains("standard deviations")))
                .singleElement()
                .asString()
                .startsWith("warning: observed values of E are far")
                .containsPattern(
                        "9 beyond 8 of its standard deviations, the farthest at \\d.*e\\+3");
        assertThat(out).isDirectoryNotContaining("glob:**{summary.json,R.npy}");
        assertThat(out.resolve("A.npy")).hasContent("former");
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
    void csvAndNpyObservationsGiveTheSameSamples() throws IOException {
        float[] values = {1, 2, 3, 2, 4, 6, 1, 2, 3, 0, 0, 0, 1, 1, 1, 2, 2, 2};
        Path npy = folder.resolve("E.npy");
        NpyFile.write(npy, new NpyArray(new int[] {2, 3, 3}, values));
        Path csv = folder.resolve("E.csv");
        Files.writeString(csv, "1,2,3\n2,4,6\n1,2,3\n0,0,0\n1,1,1\n2,2,2\n");
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        CommandRunner.Result result =
                run("sample", trained, "--observe", "E=" + npy, "--samples", 4, "--out", one);
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains("EMA").doesNotContain("warning");
        run("sample", trained, "--observe", "E=" + csv, "--samples", 4, "--out", two);
        for (String name : List.of("A.npy", "R.npy", "C.npy")) {
            assertThat(one.resolve(name)).hasSameBinaryContentAs(two.resolve(name));
        }
        assertThat(one.resolve("E.npy")).doesNotExist();
        assertThat(NpyFile.read(one.resolve("C.npy")).shape()).containsExactly(2, 4, 3, 3, 1);
        assertThat(json(Files.readString(one.resolve("summary.json"))).get("samples").asInt())
                .isEqualTo(4);
    }

    @Test
    void whatTrainingNeverObservedIsWarnedOfAndObservedCellsAreKept() throws IOException {
        Path csv = folder.resolve("E.csv");
        Files.writeString(csv, "1,,3\n2,4,6\n3,6,9\n");
        CommandRunner.Result result =
                run("sample", trained, "--observe", "E=" + csv, "--format", "csv", "--out", folder);
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains("warning: training never observed just parts of E");
        String[] cells = Files.readString(folder.resolve("E.csv")).strip().split(",");
        assertThat(cells).hasSize(9).startsWith("1.0").endsWith("6.0", "9.0").doesNotContain("");
    }

    @Test
    void wrongObservationsAreBadInput() throws IOException {
        Path csv = folder.resolve("E.csv");
        Files.writeString(csv, "1,2,3\n4,nan,6\n7,8,9\n");
        CommandRunner.Result text = run("sample", trained, "--observe", "E=" + csv);
        assertThat(text.code()).isEqualTo(3);
        assertThat(text.err()).contains("E.csv:2: column 2", "\"nan\"");
        Files.writeString(csv, "1,2\n3,4\n");
        assertThat(run("sample", trained, "--observe", "E=" + csv).err())
                .contains("expected E as 9 columns", "found 2 columns");
        assertThat(run("sample", trained, "--observe", "F=" + csv).err()).contains("did you mean");
        assertThat(run("sample", trained, "--observe", "E=none.csv").code()).isEqualTo(3);
        CommandRunner.Result directory = run("sample", trained, "--observe", "E=" + folder);
        assertThat(directory.code()).isEqualTo(3);
        assertThat(directory.err()).contains(folder + ": expected a file, found a folder");
        assertThat(run("sample", trained, "--set", "model.layers=1").code()).isEqualTo(2);
    }

    @Test
    void moreSamplesThanFitAreRefusedBeforeAnythingIsAllocated() throws IOException {
        Path csv = Files.writeString(folder.resolve("E.csv"), "1,2,3,4,5,6,7,8,9\n".repeat(4));
        for (int samples : new int[] {1 << 30, Integer.MAX_VALUE, 15_000_000, 60_000_000}) {
            CommandRunner.Result result =
                    run("sample", trained, "--observe", "E=" + csv, "--samples", samples);
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err())
                    .contains("--samples: " + 4L * samples + " draws of ", "ask for fewer");
        }
        assertThat(run("eval", trained, "--problems", Integer.MAX_VALUE).code()).isEqualTo(2);
    }

    @Test
    void aFileInThePlaceOfTheOutputIsSeenBeforeAnythingIsDrawn() throws IOException {
        Path file = Files.writeString(folder.resolve("out"), "mine");
        CommandRunner.Result result = run("sample", trained, "--out", file);
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err())
                .contains("training never observed nothing at all")
                .contains(file + ": expected a folder, found a file")
                .doesNotContain("sampling ");
        assertThat(file).hasContent("mine");
    }

    @Test
    void damagedCheckpointsAreNotSaidToBeResumable() throws IOException {
        Path run = Files.createDirectories(folder.resolve("run"));
        Files.copy(trained.resolve("config.yaml"), run.resolve("config.yaml"));
        Path checkpoints = Files.createDirectories(run.resolve("checkpoints"));
        Files.writeString(checkpoints.resolve("step-000000030.safetensors"), "damaged");
        CommandRunner.Result result = run("eval", run);
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err())
                .contains("every checkpoint is damaged; start a new run with: gsdm train --config")
                .doesNotContain("gsdm resume");
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
    void aStopIsHeardDuringTheEvaluationToo() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        RunFolder run = RunFolder.open(copy);
        RunConfiguration configuration = RunConfiguration.read(run.config());
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        try (Backend backend = Backends.open("scalar", 1);
                StopRequest stop = StopRequest.listen()) {
            stop.request();
            TrainingSession.Outcome outcome =
                    new TrainingSession(
                                    run,
                                    configuration,
                                    configuration.instance(),
                                    backend,
                                    new Output(new Console(nowhere, nowhere)))
                            .run(stop);
            assertThat(outcome.finished()).isFalse();
            assertThat(outcome.metrics()).isEmpty();
            assertThat(outcome.checkpoint()).hasFileName("step-000000030.safetensors");
        }
    }

    @Test
    void aTimeIsTurnedIntoStepsOnce() throws IOException {
        Path run = folder.resolve("run");
        CommandRunner.Result result =
                run(
                        "train",
                        "matrix-factorization",
                        "--preset",
                        "tiny",
                        "--time",
                        "3s",
                        "--run",
                        run,
                        "--set",
                        "training.evaluate=0");
        assertThat(result.code()).isZero();
        assertThat(Files.readString(run.resolve("config.yaml")))
                .containsPattern("steps: [1-9]\\d*  ")
                .contains("minutes: 0.0");
    }

    @Test
    void aRunCutOffBeforeItsStepsWereKnownGoesOn() throws IOException {
        Path run = Files.createDirectories(folder.resolve("run"));
        Files.writeString(
                run.resolve("config.yaml"),
                Files.readString(trained.resolve("config.yaml"))
                        .replaceFirst("minutes: 0.0", "minutes: 0.05")
                        .replaceFirst("evaluate: \\d+", "evaluate: 0"));
        assertThat(run("resume", run).code()).isZero();
        assertThat(Files.readString(run.resolve("config.yaml"))).contains("minutes: 0.0 ");
        assertThat(metrics(run)).isNotEmpty();
    }

    @Test
    void stepsAreTimed() {
        CommandRunner.Result result =
                run("bench", "step", "--preset", "tiny", "--repeats", 3, "--json");
        assertThat(result.code()).isZero();
        assertThat(json(result.out()).propertyNames())
                .containsExactly(
                        "nodes",
                        "edges",
                        "parameters",
                        "threads",
                        "device",
                        "seconds_median",
                        "seconds_min",
                        "gflops",
                        "bytes_reserved");
        assertThat(json(result.out()).get("gflops").asDouble()).isPositive();
    }
}
