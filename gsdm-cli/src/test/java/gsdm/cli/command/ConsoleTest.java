package gsdm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

class ConsoleTest {

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String failure, String line) {
        OutputStream broken =
                new OutputStream() {
                    @Override
                    public void write(int value) throws IOException {
                        throw new IOException(failure);
                    }
                };
        PrintStream beside = new PrintStream(err, true, StandardCharsets.UTF_8);
        return Commands.run(
                new Console(broken, StandardCharsets.UTF_8, beside), line.strip().split(" +"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "help train",
                "train --help",
                "problems",
                "problems --json",
                "devices",
                "completion",
                "graph matrix-factorization",
                "selftest --device scalar -q",
            })
    void aResultThatCannotBeWrittenIsAFailure(String line) {
        assertThat(run("No space left on device", line)).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("gsdm: the standard output cannot be written: No space left on device\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--version", "problems", "completion"})
    void aReaderThatLeavesIsNone(String line) {
        assertThat(run("Broken pipe", line)).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void aCommandThatFailsKeepsItsCode() {
        assertThat(run("Bad file descriptor", "graph nosuch")).isEqualTo(3);
        assertThat(run("Bad file descriptor", "grap")).isEqualTo(2);
    }
}
