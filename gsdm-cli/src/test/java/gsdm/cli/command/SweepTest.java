package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;
import static gsdm.cli.command.TinyRun.copy;
import static gsdm.cli.command.TinyRun.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gsdm.cli.progress.StopRequest;
import gsdm.cli.run.RunFolder;
import gsdm.cli.sweep.Instances;
import gsdm.cli.sweep.Sweep;
import gsdm.cli.sweep.SweepFile;
import gsdm.cli.sweep.SweepFolder;
import gsdm.cli.sweep.SweepReport;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A small experiment from beginning to end. */
class SweepTest {

    private static final String EXPERIMENT =
            """
            problem: matrix-factorization
            preset: tiny
            seeds: [1, 2]
            steps: 20
            settings: {training.checkpoint-every: 10, training.evaluate-every: 10}
            rows:
              muon: {}
              adam: {training.optimizer: adam, training.learning-rate: 1e-3}
            """;

    @TempDir static Path shared;
    @TempDir Path folder;

    private static Path done;
    private static CommandRunner.Result result;

    @BeforeAll
    static void sweep() throws IOException {
        Path file = Files.writeString(shared.resolve("small.yaml"), EXPERIMENT);
        done = shared.resolve("small");
        result = run("sweep", file, "--out", done);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("small.yaml"), text);
    }

    private Path copyOfDone() throws IOException {
        Path copy = folder.resolve("small");
        copy(done, copy);
        return copy;
    }

    /** Of results.json, what is a function of the file. */
    private static JsonNode withoutTimes(Path sweep) throws IOException {
        JsonNode results = json(Files.readString(sweep.resolve("results.json")));
        results.get("rows").forEach(row -> ((ObjectNode) row).remove("seconds"));
        results.get("runs").forEach(run -> ((ObjectNode) run).remove("seconds"));
        return results;
    }

    @Test
    void itEndsWithATableForPeopleAndProgramsAndAPicture() throws IOException {
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).contains("run 1 of 4: muon, seed 1", "run 2 of 4: adam, seed 1");
        List<String> lines = result.out().lines().toList();
        assertThat(lines.getFirst()).matches("row +rmse +rmse_relative +steps +seconds +seeds");
        assertThat(lines.get(1)).startsWith("muon ").contains(" ± ").endsWith(" 2");
        assertThat(lines.get(2)).startsWith("adam ");
        assertThat(result.out()).containsPattern("lowest rmse: (muon|adam)\n");
        JsonNode results = json(Files.readString(done.resolve("results.json")));
        JsonNode muon = results.get("rows").get(0);
        assertThat(muon.get("settings").get("training.optimizer").asString()).isEqualTo("muon");
        double one = results.get("runs").get(0).get("metrics").get("rmse").asDouble();
        double two = results.get("runs").get(2).get("metrics").get("rmse").asDouble();
        JsonNode rmse = muon.get("metrics").get("rmse");
        assertThat(rmse.get("mean").asDouble()).isEqualTo((one + two) / 2);
        assertThat(rmse.get("deviation").asDouble())
                .isCloseTo(Math.abs(one - two) / Math.sqrt(2), within(1e-12));
        assertThat(results.get("runs").get(2).get("steps").asInt()).isEqualTo(20);
        assertThat(results.get("machines").get(0).get("jdk")).isNotNull();
        assertThat(done.resolve("table.md"))
                .content()
                .contains("# small", "| row | rmse |", "| 20 |", "JDK", "![Curves](curves.png)")
                .containsPattern("\\| \\*\\*(muon|adam)\\*\\* \\| \\*\\*\\d");
        assertThat(done.resolve("curves.png")).isNotEmptyFile();
    }

    @Test
    void aRowThatHasNothingToLearnIsRefusedBeforeTheFirstRun() throws IOException {
        Path file = file(EXPERIMENT + "  nothing: {problem.observed: \"A, R\"}\n");
        CommandRunner.Result refused = run("sweep", file, "--out", folder.resolve("refused"));
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err())
                .contains("row nothing: problem.observed", "leaves nothing to infer")
                .doesNotContain("run 1 of");
    }

    @Test
    void theRunsAreOrdinaryRuns() throws IOException {
        CommandRunner.Result eval = run("eval", done.resolve("muon-seed2"), "--json", "-q");
        JsonNode runs = json(Files.readString(done.resolve("results.json"))).get("runs");
        assertThat(json(eval.out()).get("metrics")).isEqualTo(runs.get(2).get("metrics"));
        assertThat(done.resolve("muon-seed2/report.html")).exists();
    }

    @Test
    void whatHasEndedIsNotRunAgain() throws IOException {
        Path copy = copyOfDone();
        CommandRunner.Result again = run("sweep", file(EXPERIMENT), "--out", copy, "--json");
        assertThat(again.code()).isZero();
        assertThat(again.err()).doesNotContain("run 1 of 4", "training ");
        assertThat(json(again.out()))
                .isEqualTo(json(Files.readString(done.resolve("results.json"))));
    }

    @Test
    void whatWasCutOffGoesOnBitForBit() throws IOException {
        Path copy = copyOfDone();
        Files.delete(copy.resolve("results.json"));
        Files.delete(copy.resolve("table.md"));
        Path cut = copy.resolve("muon-seed2");
        Files.delete(cut.resolve("result.json"));
        Files.delete(cut.resolve("checkpoints/step-000000020.safetensors"));
        Path none = copy.resolve("adam-seed2");
        Files.move(none, folder.resolve("aside"));
        Files.createDirectory(none); // killed when the folder was just made
        CommandRunner.Result resumed = run("sweep", file(EXPERIMENT), "--out", copy);
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(resumed.err())
                .contains("run 3 of 4", "going on after step 10", "run 4 of 4")
                .doesNotContain("run 1 of 4", "run 2 of 4");
        assertThat(withoutTimes(copy)).isEqualTo(withoutTimes(done));
        String last = "checkpoints/step-000000020.safetensors";
        assertThat(cut.resolve(last)).hasSameBinaryContentAs(done.resolve("muon-seed2/" + last));
    }

    @Test
    void aStopIsHeardAndSaysWhere() throws IOException {
        Path out = folder.resolve("out");
        Instances instances = new Instances();
        Sweep sweep = SweepFile.read(file(EXPERIMENT), instances);
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        Output output = new Output(new Console(nowhere, nowhere));
        SweepFolder made = SweepFolder.open(out);
        made.accept(sweep, Files.readString(file(EXPERIMENT)));
        try (Backend backend = Backends.open("scalar", 1);
                StopRequest stop = StopRequest.listen()) {
            stop.request();
            SweepReport report = new SweepReport(made, sweep, output);
            Optional<String> stopped =
                    new SweepRunner(made, report, instances, backend, new Device(), output)
                            .run(sweep.runs(), stop);
            assertThat(stopped.orElseThrow())
                    .contains("interrupted at step 0, saved ", "(muon, seed 1)");
        }
        assertThat(out).isDirectoryNotContaining("glob:**adam-seed1");
        CommandRunner.Result resumed = run("sweep", file(EXPERIMENT), "--out", out);
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(withoutTimes(out).get("rows")).isEqualTo(withoutTimes(done).get("rows"));
    }

    @Test
    void newRowsAndSeedsAreRunAndTheOthersKept() throws IOException {
        Path copy = copyOfDone();
        String more = EXPERIMENT.replace("[1, 2]", "[1, 2, 3]") + "  wide: {model.channels: 32}\n";
        CommandRunner.Result result = run("sweep", file(more), "--out", copy, "--dry-run");
        assertThat(result.out()).contains("wide", "9 runs of 20 steps, 5 to come; ");
        result = run("sweep", file(more), "--out", copy);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err())
                .contains("run 3 of 9: wide, seed 1", "run 7 of 9: muon, seed 3")
                .doesNotContain("run 1 of 9", "run 5 of 9");
        assertThat(withoutTimes(copy).get("runs").get(0))
                .isEqualTo(withoutTimes(done).get("runs").get(0));
        assertThat(withoutTimes(copy).get("runs").size()).isEqualTo(9);
    }

    @Test
    void anotherExperimentInTheFolderIsRefused() throws IOException {
        Path copy = copyOfDone();
        String before = Files.readString(copy.resolve("sweep.yaml"));
        String other = EXPERIMENT.replace("learning-rate: 1e-3", "learning-rate: 2e-3");
        CommandRunner.Result settings = run("sweep", file(other), "--out", copy);
        assertThat(settings.code()).isEqualTo(3);
        assertThat(settings.err())
                .contains("adam, seed 1 was made with training.learning-rate 0.001, and now it is")
                .contains("choose another folder with --out");
        String longer = EXPERIMENT.replace("steps: 20", "steps: 30");
        CommandRunner.Result length = run("sweep", file(longer), "--out", copy);
        assertThat(length.code()).isEqualTo(3);
        assertThat(length.err()).contains("trained for 20 steps, and the file says 30 steps");
        assertThat(copy.resolve("sweep.yaml")).hasContent(before);
        CommandRunner.Result run = run("sweep", file(other), "--out", copy.resolve("adam-seed1"));
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).contains("expected a new or empty folder");
    }

    @Test
    void aFolderInUseIsLeftAlone() throws IOException {
        try (RunFolder.Lock _ = new RunFolder(done).lock()) {
            CommandRunner.Result second = run("sweep", file(EXPERIMENT), "--out", done);
            assertThat(second.code()).isEqualTo(3);
            assertThat(second.err()).contains("in use by another gsdm");
        }
    }

    @Test
    void aRowThatDivergesIsRecordedAndTheOthersRun() throws IOException {
        String text =
                EXPERIMENT.replace("  muon: {}\n", "")
                        + "  wild: {training.learning-rate: 1e30, training.clip-norm: 1e30}\n"
                        + "  calm: {}\n";
        Path out = folder.resolve("out");
        CommandRunner.Result result = run("sweep", file(text), "--out", out);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).contains("warning: wild, seed 1 diverged: the loss or gradient");
        assertThat(result.out()).containsPattern("wild +- +- +- +- +0, 2 diverged\n");
        JsonNode results = json(Files.readString(out.resolve("results.json")));
        assertThat(results.get("runs").get(1).get("diverged").asBoolean()).isTrue();
        assertThat(results.get("runs").get(2).get("diverged").asBoolean()).isFalse();
        assertThat(results.get("runs").size()).isEqualTo(6);
        assertThat(run("sweep", file(text), "--out", out).err()).doesNotContain("diverged:");
    }

    @Test
    void runsOfEqualTimeTakeTheStepsThatFit() throws IOException {
        String text = EXPERIMENT.replace("steps: 20", "time: 2s").replace("[1, 2]", "[7]");
        Path out = folder.resolve("out");
        CommandRunner.Result result = run("sweep", file(text), "--out", out, "--json");
        assertThat(result.code()).as(result.err()).isZero();
        for (JsonNode row : json(result.out()).get("rows")) {
            assertThat(row.get("steps").get("mean").asDouble()).isPositive();
            assertThat(row.get("seconds").get("mean").asDouble()).isPositive();
            assertThat(row.get("seconds").get("deviation").isNull()).isTrue();
        }
        CommandRunner.Result again = run("sweep", file(text), "--out", out, "--json");
        assertThat(json(again.out())).isEqualTo(json(result.out()));
        assertThat(run("sweep", file(text), "--out", out, "--dry-run").out())
                .contains("2 runs of 2s, 0 to come; 0s of training");
    }

    @Test
    void aDryRunShowsRowsAndTimeAndWritesNothing() throws IOException {
        Path out = folder.resolve("out");
        String text = EXPERIMENT.replace("steps: 20", "time: 2m");
        CommandRunner.Result dry = run("sweep", file(text), "--out", out, "--dry-run");
        assertThat(dry.code()).isZero();
        assertThat(dry.out())
                .containsPattern("adam +.*training.optimizer=adam")
                .contains("4 runs of 2m, 4 to come; 8m 0s of training");
        JsonNode data = json(run("sweep", file(text), "--out", out, "--dry-run", "--json").out());
        assertThat(data.get("seconds_left").asInt()).isEqualTo(480);
        assertThat(out).doesNotExist();
    }

    @Test
    void aBadFileIsOneLineWithItsPlace() throws IOException {
        Path file = file(EXPERIMENT.replace("optimizer: adam", "optimizer: adma"));
        CommandRunner.Result result = run("sweep", file, "--out", folder.resolve("out"));
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.errorLines())
                .singleElement()
                .asString()
                .startsWith("gsdm: " + file + ":8: training.optimizer: expected one of");
        assertThat(folder.resolve("out")).doesNotExist();
        assertThat(run("sweep", folder.resolve("none.yaml")).code()).isEqualTo(3);
    }
}
