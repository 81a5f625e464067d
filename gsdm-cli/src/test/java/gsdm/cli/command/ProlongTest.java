package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;
import static gsdm.cli.command.TinyRun.copy;
import static gsdm.cli.command.TinyRun.json;
import static gsdm.cli.command.TinyRun.metrics;
import static gsdm.cli.command.TinyRun.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Making runs longer, and runs of a time. */
class ProlongTest {
    @TempDir static Path shared;
    @TempDir Path folder;

    /** Of 30 steps, in the last 12 of which the rate falls. */
    private static Path trained;

    @BeforeAll
    static void train() {
        trained = shared.resolve("run");
        assertThat(run(training(trained, "--set", "training.decay-share=0.4")).code()).isZero();
    }

    private Path copyOfTrained() throws IOException {
        Path copy = folder.resolve("run");
        copy(trained, copy);
        return copy;
    }

    private static Path checkpoint(Path run, int step) {
        return run.resolve("checkpoints/step-%09d.safetensors".formatted(step));
    }

    /** The same run, trained anew from the configuration that its folder has. */
    private Path again(Path run) {
        Path again = folder.resolve("again");
        assertThat(run("train", "--config", run.resolve("config.yaml"), "--run", again).code())
                .isZero();
        return again;
    }

    @Test
    void aLongerRunIsTheOneThatIsLongerFromTheStart() throws IOException {
        Path longer = copyOfTrained();
        CommandRunner.Result result = run("resume", longer, "--steps", 50, "--json");
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains("going on after step 18").doesNotContain("warning");
        assertThat(json(result.out()).get("step").asInt()).isEqualTo(50);
        assertThat(metrics(longer)).hasSize(50);
        assertThat(checkpoint(again(longer), 50)).hasSameBinaryContentAs(checkpoint(longer, 50));
        assertThat(longer.resolve("checkpoints/ended-000000030.safetensors"))
                .hasSameBinaryContentAs(checkpoint(trained, 30));
    }

    /** Where 40% of the longer run begins before the state that was kept, it falls from there. */
    @Test
    void aRunThatIsHardlyLongerFallsFromWhereItWasKept() throws IOException {
        Path longer = copyOfTrained();
        assertThat(run("resume", longer, "--steps", 31).code()).isZero();
        assertThat(metrics(longer)).hasSize(31);
        assertThat(metrics(longer).getLast().get("learning_rate").asDouble())
                .isLessThan(0.1 * metrics(longer).get(17).get("learning_rate").asDouble());
    }

    @Test
    void aRunIsMadeLongerByATime() throws IOException {
        Path longer = copyOfTrained();
        CommandRunner.Result result = run("resume", longer, "--time", "2s", "--json");
        assertThat(result.code()).isZero();
        int steps = json(result.out()).get("step").asInt();
        assertThat(steps).isGreaterThan(30);
        assertThat(metrics(longer)).hasSize(steps);
        assertThat(Files.readString(longer.resolve("config.yaml")))
                .contains(" steps: " + steps + " ", "minutes: 0.0 ")
                .containsPattern("falls: \"?\\d+-");
        assertThat(checkpoint(again(longer), steps))
                .hasSameBinaryContentAs(checkpoint(longer, steps));
    }

    /** There is nothing to fall: it goes on from its end, and is repeated, resumed and scored. */
    @Test
    void aRateThatStaysIsNoFall() throws IOException {
        Path run = folder.resolve("run");
        assertThat(run(training(run, "--set", "training.decay=constant")).code()).isZero();
        assertThat(run("resume", run, "--time", "2s").code()).isZero();
        int steps = metrics(run).size();
        assertThat(steps).isGreaterThan(30);
        Path again = again(run);
        assertThat(checkpoint(again, steps)).hasSameBinaryContentAs(checkpoint(run, steps));
        assertThat(run("resume", run).code()).isZero();
        assertThat(run("resume", run, "--steps", steps + 3).code()).isZero();
        assertThat(run("resume", again, "--steps", steps + 3).code()).isZero();
        assertThat(metrics(run)).hasSize(steps + 3);
        assertThat(checkpoint(again, steps + 3)).hasSameBinaryContentAs(checkpoint(run, steps + 3));
    }

    @Test
    void aRunThatHasNotBegunToFallGoesOnFromItsLastState() throws IOException {
        Path cut = copyOfTrained();
        for (String file : new String[] {"before-fall", "step-000000020", "step-000000030"}) {
            Files.delete(cut.resolve("checkpoints/" + file + ".safetensors"));
        }
        CommandRunner.Result result = run("resume", cut, "--steps", 40);
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains("going on after step 10");
        assertThat(checkpoint(again(cut), 40)).hasSameBinaryContentAs(checkpoint(cut, 40));
    }

    @Test
    void whatCannotBeMadeLongerIsSaidSo() throws IOException {
        Path copy = copyOfTrained();
        String config = Files.readString(copy.resolve("config.yaml"));
        CommandRunner.Result same = run("resume", copy, "--steps", 30);
        assertThat(same.code()).isEqualTo(3);
        assertThat(same.err()).contains("it has 30 steps already: ask for more");
        Files.delete(copy.resolve("checkpoints/before-fall.safetensors"));
        CommandRunner.Result fallen = run("resume", copy, "--time", "1s");
        assertThat(fallen.code()).isEqualTo(3);
        assertThat(fallen.err())
                .contains(
                        "its learning rate has fallen from its first step on",
                        "gsdm train --config");
        assertThat(Files.readString(copy.resolve("config.yaml"))).isEqualTo(config);
        assertThat(run("resume", copy, "--time", "soon").code()).isEqualTo(2);
        assertThat(run("resume", copy, "--time", "1s", "--steps", 40).code()).isEqualTo(2);
    }

    private static CommandRunner.Result trainForThreeSeconds(Path run, int evaluate) {
        CommandRunner.Result result =
                run(
                        "train",
                        "matrix-factorization",
                        "--preset",
                        "tiny",
                        "--time",
                        "3s",
                        "--set",
                        "training.evaluate=" + evaluate,
                        "--run",
                        run,
                        "--json");
        assertThat(result.code()).isZero();
        return result;
    }

    @Test
    void aRunOfATimeIsRepeatedByItsConfiguration() throws IOException {
        Path timed = folder.resolve("timed");
        CommandRunner.Result result = trainForThreeSeconds(timed, 8);
        int steps = json(result.out()).get("step").asInt();
        assertThat(Files.readString(timed.resolve("config.yaml")))
                .contains(" steps: " + steps + " ", "minutes: 0.0 ");
        assertThat(checkpoint(again(timed), steps))
                .hasSameBinaryContentAs(checkpoint(timed, steps));
        CommandRunner.Result both =
                run(
                        "train",
                        "--config",
                        timed.resolve("config.yaml"),
                        "--set",
                        "training.minutes=1");
        assertThat(both.code()).isEqualTo(3);
        assertThat(both.err()).contains("falls are of a run of known steps");
    }

    @Test
    void aRunOfATimeIsScoredOnWhatThereIsTimeFor() throws IOException {
        Path timed = folder.resolve("timed");
        assertThat(trainForThreeSeconds(timed, 100_000).err())
                .containsPattern("no time was left for the other \\d+; all: gsdm eval .*timed")
                .doesNotContain("scored 100000 fresh problems");
    }

    /** Cut off in its fall, before it was known how it would end. */
    @Test
    void aRunOfATimeThatWasCutOffGoesOn() throws IOException {
        Path cut = copyOfTrained();
        Path config = cut.resolve("config.yaml");
        Files.writeString(
                config,
                Files.readString(config)
                        .replaceFirst("minutes: 0.0", "minutes: 0.1")
                        .replaceFirst("evaluate: \\d+", "evaluate: 0"));
        Files.delete(checkpoint(cut, 30));
        CommandRunner.Result result = run("resume", cut, "--json");
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains("going on after step 20");
        int steps = json(result.out()).get("step").asInt();
        assertThat(Files.readString(config))
                .contains(" steps: " + steps + " ", "minutes: 0.0 ")
                .containsPattern("falls: \"?18-30 ");
        assertThat(metrics(cut).getLast().get("elapsed").asDouble())
                .isGreaterThan(metrics(cut).get(19).get("elapsed").asDouble());
        assertThat(checkpoint(again(cut), steps)).hasSameBinaryContentAs(checkpoint(cut, steps));
    }
}
