package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;
import static gsdm.cli.command.TinyRun.STEPS;
import static gsdm.cli.command.TinyRun.copy;
import static gsdm.cli.command.TinyRun.json;
import static gsdm.cli.command.TinyRun.metrics;
import static gsdm.cli.command.TinyRun.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.cli.error.CommandException;
import gsdm.cli.error.ExitCode;
import gsdm.cli.progress.StopRequest;
import gsdm.cli.run.RunFolder;
import gsdm.cli.session.RunConfiguration;
import gsdm.cli.session.TrainingSession;
import gsdm.tensor.backend.Backend;
import gsdm.tensor.backend.Backends;
import gsdm.tensor.backend.DeviceException;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Going on with a run: cut off, edited, finished, or with checkpoints that are not whole. */
class ResumeTest {

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
    void aRunOfAdamAloneGoesOnBitForBitToo() throws IOException {
        Object[] adam = {"--set", "training.optimizer=adam", "--threads", 1};
        Path whole = folder.resolve("whole");
        assertThat(run(training(whole, adam)).code()).isZero();
        Path copy = folder.resolve("run");
        copy(whole, copy);
        String last = "checkpoints/step-000000030.safetensors";
        Files.delete(copy.resolve(last));
        assertThat(run("resume", copy, "--threads", 2).code()).isZero();
        assertThat(copy.resolve(last)).hasSameBinaryContentAs(whole.resolve(last));
        assertThat(Files.readAllBytes(copy.resolve(last)))
                .isNotEqualTo(Files.readAllBytes(trained.resolve(last)));
    }

    @Test
    void aRunOfATimeCutOffBeforeItsFirstCheckpointGoesOn() throws IOException {
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
    void aStopIsHeardDuringTheEvaluationToo() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        try (Backend backend = Backends.open("scalar", 1);
                StopRequest stop = StopRequest.listen()) {
            stop.request();
            TrainingSession.Outcome outcome = session(copy, backend).run(stop);
            assertThat(outcome.finished()).isFalse();
            assertThat(outcome.metrics()).isEmpty();
            assertThat(outcome.checkpoint()).hasFileName("step-000000030.safetensors");
        }
    }

    @Test
    void aLineOfEverySeventhStepAndWhereverItCanGoOn() throws IOException {
        Path seldom = folder.resolve("run");
        assertThat(run(training(seldom, "--set", "training.log-every=7")).code()).isZero();
        List<JsonNode> all = metrics(trained);
        List<JsonNode> few = metrics(seldom);
        assertThat(few)
                .extracting(line -> line.get("step").asInt())
                .containsExactly(1, 7, 10, 12, 14, 20, 21, 28, 30);
        assertThat(few)
                .allSatisfy(line ->
                        assertThat(line.get("loss"))
                                .isEqualTo(all.get(line.get("step").asInt() - 1).get("loss")));
        String last = "checkpoints/step-000000030.safetensors";
        assertThat(seldom.resolve(last)).hasSameBinaryContentAs(trained.resolve(last));
    }

    @Test
    void aDeviceThatFailsInAStepNamesTheLastGoodCheckpoint() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        Files.delete(copy.resolve("checkpoints/step-000000030.safetensors"));
        Runnable death =
                () -> {
                    throw new DeviceException("fell off the bus", null);
                };
        try (Backend dying = new DyingBackend(Backends.open("scalar", 1), "update", 3, death);
                StopRequest stop = StopRequest.listen()) {
            TrainingSession session = session(copy, dying);
            assertThatThrownBy(() -> session.run(stop))
                    .isInstanceOfSatisfying(
                            CommandException.class,
                            e -> assertThat(e.exitCode()).isEqualTo(ExitCode.FAILURE))
                    .hasMessageContaining(
                            "fell off the bus, at step 23; the last good checkpoint is")
                    .hasMessageEndingWith("step-000000020.safetensors");
        }
    }

    @Test
    void memoryExhaustedInTheEvaluationNamesItToo() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        Runnable death =
                () -> {
                    throw new OutOfMemoryError("the device has 5 bytes of memory");
                };
        try (Backend dying = new DyingBackend(Backends.open("scalar", 1), "", 1, death);
                StopRequest stop = StopRequest.listen()) {
            TrainingSession session = session(copy, dying);
            assertThatThrownBy(() -> session.run(stop))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("the device has 5 bytes of memory")
                    .hasMessageContaining("; the last good checkpoint is")
                    .hasMessageEndingWith("step-000000030.safetensors");
        }
    }

    private static TrainingSession session(Path folder, Backend backend) throws IOException {
        RunFolder run = RunFolder.open(folder);
        RunConfiguration configuration = RunConfiguration.read(run.config());
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        return new TrainingSession(
                run,
                configuration,
                configuration.instance(),
                backend,
                new Output(new Console(nowhere, nowhere)),
                System.nanoTime());
    }

    @Test
    void scoresAreShownThoughTheReportCannotBeWritten() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        Files.delete(copy.resolve("report.html"));
        Files.createDirectories(copy.resolve("report.html/in-the-way"));
        CommandRunner.Result result = run("resume", copy, "--json");
        assertThat(result.code()).isEqualTo(3);
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
                .contains("the learning rate falls already, until step 30")
                .contains("to train longer: gsdm resume " + copy + " --steps 32")
                .doesNotContain("is not what this run was started with");
    }

    @Test
    void theScoreIsDrawnAsTheRunWasStarted() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        Path config = copy.resolve("config.yaml");
        String text = Files.readString(config);
        String diffusion = text.substring(text.indexOf("diffusion:"), text.indexOf("training:"));
        String sampling = text.substring(text.indexOf("sampling:"));
        Files.writeString(
                config,
                text.replace(diffusion, diffusion.replaceFirst(" steps: \\d+", " steps: 5000"))
                        .replace(sampling, sampling.replaceFirst(" steps: \\d+", " steps: 4000")));
        CommandRunner.Result resumed = run("resume", copy, "--json");
        assertThat(resumed.code()).isZero();
        assertThat(resumed.err()).contains("is not what this run was started with");
        assertThat(json(resumed.out()).get("metrics"))
                .isEqualTo(json(training.out()).get("metrics"));
        CommandRunner.Result eval = run("eval", copy, "--problems", 1);
        assertThat(eval.code()).isEqualTo(3);
        assertThat(eval.err()).contains("4000 sampling steps are too many");
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
}
