package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;
import static gsdm.cli.command.TinyRun.json;
import static gsdm.cli.command.TinyRun.training;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.cli.io.NpyArray;
import gsdm.cli.io.NpyFile;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Sampling from a small run: what is observed, what is written, and what is refused. */
class SampleTest {

    @TempDir static Path shared;
    @TempDir Path folder;

    private static Path trained;

    @BeforeAll
    static void train() {
        trained = shared.resolve("run");
        run(training(trained));
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
    void moreSamplesThanFitAreRefusedBeforeAnythingIsAllocated() throws IOException {
        Path csv = Files.writeString(folder.resolve("E.csv"), "1,2,3,4,5,6,7,8,9\n".repeat(4));
        for (int samples : new int[] {1 << 30, Integer.MAX_VALUE, 15_000_000, 60_000_000}) {
            CommandRunner.Result result =
                    run("sample", trained, "--observe", "E=" + csv, "--samples", samples);
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err())
                    .contains("--samples: " + 4L * samples + " draws of ", "ask for fewer");
        }
        CommandRunner.Result eval = run("eval", trained, "--problems", Integer.MAX_VALUE);
        assertThat(eval.code()).isEqualTo(2);
        assertThat(eval.err()).contains("--problems: 2147483647 problems are too many to score");
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
}
