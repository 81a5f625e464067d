package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;
import static gsdm.cli.command.TinyRun.STEPS;
import static gsdm.cli.command.TinyRun.json;
import static gsdm.cli.command.TinyRun.metrics;
import static gsdm.cli.command.TinyRun.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import gsdm.cli.io.NpyFile;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Every command with a model that is a regressor. */
class RegressorRunTest {
    private static final String SYSTEM = "model.system=regressor-gs";

    @TempDir static Path shared;
    @TempDir Path folder;

    private static Path trained;
    private static CommandRunner.Result result;

    @BeforeAll
    static void train() {
        trained = shared.resolve("run");
        result = run(training(trained, "--json", "--set", SYSTEM));
    }

    @Test
    void itIsTrainedScoredAndReported() throws IOException {
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(json(result.out()).get("metrics").get("rmse").asDouble()).isPositive();
        assertThat(Files.readString(trained.resolve("config.yaml")))
                .contains("system: regressor-gs");
        assertThat(trained.resolve("report.html")).content().contains("rmse", "regressor-gs");
        assertThat(metrics(trained)).hasSize(STEPS);
    }

    @Test
    void itIsEvaluatedAsAtTheEndOfTraining() {
        CommandRunner.Result again = run("eval", trained, "--json", "--set", "sampling.steps=3");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(json(again.out()).get("metrics")).isEqualTo(json(result.out()).get("metrics"));
    }

    /** One pass: as many samples as asked for, all of them the mean. */
    @Test
    void itIsSampled() throws IOException {
        Path out = folder.resolve("out");
        CommandRunner.Result sampled = run("sample", trained, "--samples", 2, "--out", out);
        assertThat(sampled.code()).as(sampled.err()).isZero();
        float[] values = NpyFile.read(out.resolve("A.npy")).values();
        int each = values.length / 2;
        for (int i = 0; i < each; i++) {
            assertThat(values[i]).isFinite();
            assertThat(values[each + i]).isCloseTo(values[i], offset(1e-5f));
        }
    }

    @Test
    void itGoesOnAsIfItHadNotStopped() throws IOException {
        Path run = folder.resolve("stopped");
        assertThat(run(training(run, "--set", SYSTEM, "--threads", 1)).code()).isZero();
        Files.delete(run.resolve("checkpoints/step-000000030.safetensors"));
        assertThat(run("resume", run, "--threads", 2).code()).isZero();
        assertThat(run.resolve("checkpoints/step-000000030.safetensors"))
                .hasSameBinaryContentAs(trained.resolve("checkpoints/step-000000030.safetensors"));
        assertThat(metrics(run)).hasSize(STEPS);
    }

    @Test
    void itIsTrainedByMuonToo() {
        Path run = folder.resolve("muon");
        CommandRunner.Result muon =
                run(training(run, "--json", "--set", SYSTEM, "--set", "training.optimizer=muon"));
        assertThat(muon.code()).as(muon.err()).isZero();
        assertThat(json(muon.out()).get("metrics").get("rmse").asDouble()).isPositive();
    }

    @Test
    void itIsDescribedAndTimed() {
        CommandRunner.Result graph =
                run("graph", "matrix-factorization", "--preset", "tiny", "--set", SYSTEM);
        assertThat(graph.code()).as(graph.err()).isZero();
        CommandRunner.Result timed =
                run("bench", "step", "--preset", "tiny", "--repeats", 2, "--json", "--set", SYSTEM);
        assertThat(timed.code()).as(timed.err()).isZero();
        JsonNode figures = json(timed.out());
        assertThat(figures.get("gflops").asDouble()).isPositive();
        assertThat(figures.get("parameters").asLong()).isPositive();
    }

    @Test
    void noiseLevelsAndStepsMeanNothingToIt() {
        CommandRunner.Result few =
                run(training(folder.resolve("few"), "--set", SYSTEM, "--set", "diffusion.steps=3"));
        assertThat(few.code()).as(few.err()).isZero();
        CommandRunner.Result unknown =
                run(training(folder.resolve("no"), "--set", "model.system=regressor"));
        assertThat(unknown.code()).isEqualTo(3);
        assertThat(unknown.err()).contains("regressor-gs");
    }
}
