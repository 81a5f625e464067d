package gsdm.cli.command;

import static gsdm.cli.command.CommandRunner.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.cli.error.CommandException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What ends with one clear line and the right code, before anything is computed. */
class BadInputTest {

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train                                   | 2 | name a problem",
                "trian                                   | 2 | unknown command 'trian': did you"
                        + " mean 'train'?",
                "bench stpe                              | 2 | did you mean 'step'?",
                "train matrix-factorization --bogus      | 2 | Unknown option: '--bogus'",
                "train matrix-factorization --steps many | 2 | 'many'",
                "train matrix-factorization --time 5x    | 2 | --time: expected a time as 90s",
                "train matrix-factorization --steps 1 --time 1m | 2 | mutually exclusive",
                "train matrix-factorization --set batch=3 | 2 | section.key=value",
                "train matrix-factorization --threads 0  | 2 | --threads: expected 1 or more",
                "eval runs/none --problems x             | 2 | 'x'",
                "train nosuch                            | 3 | no problem 'nosuch'",
                "train matrix-factorization --preset quik | 3 | did you mean quick?",
                "train matrix-factorization --set training.bacth=3 | 3 | did you mean"
                        + " training.batch?",
                "train matrix-factorization --set trainin.batch=3 | 3 | did you mean training?",
                "train matrix-factorization --set training.batch=x | 3 | expected a whole number",
                "train matrix-factorization --set training.batch=0 | 3 | batch must be 1 or more",
                "train matrix-factorization --set model.heads=7 | 3 | multiple of 7 heads",
                "train matrix-factorization --set problem.rows=0 | 3 | at least 1",
                "train matrix-factorization --set problem.rows=99999999999 | 3 | at most"
                        + " 2147483647",
                "train matrix-factorization --set problem.rows=1e30 | 3 | a whole number from"
                        + " -9223372036854775808 to 9223372036854775807",
                "train matrix-factorization --set problem.observed=Q | 3 | no array 'Q'",
                "train matrix-factorization --set problem.rows=90000 --set problem.cols=90000 | 3 |"
                        + " lower a plate",
                "train matrix-factorization --set training.batch=400000 | 3 | lower"
                        + " training.batch",
                "train matrix-factorization --set training.batch=4000000 | 3 | lower the batch",
                "train matrix-factorization --set training.evaluate=2147483647 | 3 |"
                        + " training.evaluate: 2147483647 problems",
                "train matrix-factorization --preset tiny --device gpu | 3 | there is no device"
                        + " gpu",
                "train matrix-factorization --set diffusion.steps=20 | 3 | sampling.steps (25) must"
                        + " be at most diffusion.steps (20)",
                "train matrix-factorization --set problem.observed=A,R,C,E | 3 | leaves nothing to"
                        + " infer",
                "train matrix-factorization --set problem.observed=A,R | 3 | or set"
                        + " model.folding=false",
                "train matrix-factorization --set model.embedding=ae --set model.channels=4 --set"
                        + " model.heads=2 --set model.groups=2 | 3 | channels are fewer than",
                "graph bnn --set problem.mnist=/nosuch   | 3 | /nosuch",
                "graph bnn --set problem.image=5         | 3 | 5",
                "graph bnn --set problem.image=1         | 3 | choose a smaller one, or larger"
                        + " images",
                "train matrix-factorization --set diffusion.schedule=linear --set"
                        + " diffusion.steps=100000 | 3 | leaves nothing of the signal",
                "train matrix-factorization --set training.epsilon=1e-50 | 3 | epsilon must be"
                        + " positive",
                "train matrix-factorization --set training.budget=0 | 3 | a budget is a share",
                "train matrix-factorization --set training.gibbs-sweeps=-1 | 3 | gibbs-sweeps",
                "train matrix-factorization --set training.subgraph-pool=-1 | 3 | subgraph-pool"
                        + " must be 0 or more",
                "train --config nosuch.yaml              | 3 | nosuch.yaml: no such file",
                "graph bnn --set problem.layers=blur     | 3 | blur",
                "resume nosuch                           | 3 | no such run folder",
                "eval nosuch                             | 3 | no such run folder",
                "sample nosuch --observe E               | 2 | expected ARRAY=FILE",
                "sample nosuch --observe E=              | 2 | expected ARRAY=FILE",
                "sample nosuch --observe E=a --observe E=b | 2 | E is given twice",
                "selftest --fixtures nosuch              | 3 | no such folder",
            })
    void oneLineAndTheRightCode(String line, int code, String message) {
        CommandRunner.Result result = run((Object[]) line.strip().split(" +"));
        assertThat(result.code()).isEqualTo(code);
        assertThat(result.err()).contains("gsdm: ").contains(message).doesNotContain("\tat ");
        assertThat(result.errorLines().stream().filter(l -> l.startsWith("gsdm: "))).hasSize(1);
        assertThat(result.out()).isEmpty();
    }

    /** U+FFFD is what Java reads for bytes that are no text in the locale's encoding. */
    @Test
    void namesOfFilesThatCouldNotBeReadAreRefused() {
        Path run = folder.resolve("w \uFFFD\uFFFD");
        CommandRunner.Result result =
                run("train", "matrix-factorization", "--preset", "tiny", "--run", run);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.errorLines()).singleElement().asString().contains("w \uFFFD", "LC_ALL");
        assertThat(run).doesNotExist();
        assertThatThrownBy(() -> FileNames.requireReadable("/home/\uFFFD", "train"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("current folder /home/\uFFFD");
        FileNames.requireReadable("/home/ö", "train", "--run", "東");
    }

    @Test
    void aTraceIsShownIfAskedFor() {
        assertThat(run("train", "nosuch", "--stacktrace").err()).contains("\tat gsdm.");
    }

    @Test
    void brokenConfigurationFilesAreNamed() throws IOException {
        Path file = folder.resolve("c.yaml");
        Files.writeString(file, "problem: {name: bnn}\nmodel: {chanels: 3}\n");
        assertThat(run("train", "--config", file).err())
                .contains(file + ": unknown key model.chanels: did you mean model.channels?");
        Files.writeString(file, "problem: {name: bnn}\n");
        assertThat(run("train", "matrix-factorization", "--config", file).err())
                .contains("problem.name: expected one of matrix-factorization");
        Files.writeString(file, "problm: {name: bnn}\n");
        assertThat(run("train", "--config", file).err())
                .contains(file + ": unknown section problm: did you mean problem?");
    }

    @Test
    void anAliasIsTheTextItNames() throws IOException {
        Path file = folder.resolve("c.yaml");
        Files.writeString(
                file, "problem:\n  name: &name matrix-factorization\n  observed: *name\n");
        assertThat(run("graph", "--config", file).err()).contains("'matrix-factorization'");
    }

    @Test
    void aFileOfCommentsNamesNoProblem() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yaml"), "# problem:\n#   name: bnn\n");
        CommandRunner.Result result = run("train", "--config", file);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("name a problem");
    }

    @Test
    void whatIsNoTextIsNoConfigurationFile() throws IOException {
        Path file = Files.write(folder.resolve("c.yaml"), new byte[] {0, -1, -2});
        CommandRunner.Result binary = run("train", "--config", file);
        assertThat(binary.code()).isEqualTo(3);
        assertThat(binary.err()).contains(file + ": not a text file");
        Files.write(file, "problem: {name: bnn}".getBytes(StandardCharsets.UTF_16LE));
        assertThat(run("train", "--config", file).err())
                .contains(file + ": not a text file: it has the character U+0000");
        Files.write(file, "\uFEFFproblem: {nam: bnn}".getBytes(StandardCharsets.UTF_16BE));
        assertThat(run("train", "bnn", "--config", file).err()).contains("unknown key problem.nam");
        CommandRunner.Result directory = run("train", "--config", folder);
        assertThat(directory.code()).isEqualTo(3);
        assertThat(directory.err()).contains(folder + ": expected a file, found a folder");
    }

    @Test
    void aForeignFixtureIsBadInput() throws IOException {
        Files.writeString(folder.resolve("x.safetensors"), "not a fixture at all");
        CommandRunner.Result result = run("selftest", "--fixtures", folder, "--device", "scalar");
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err()).contains("x.safetensors");
    }
}
