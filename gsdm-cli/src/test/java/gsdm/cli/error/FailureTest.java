package gsdm.cli.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;

class FailureTest {

    @Test
    void everyFailureHasACodeAndOneLine() {
        assertThat(Failure.of(CommandException.usage("two\n  lines")))
                .isEqualTo(new Failure(ExitCode.USAGE, "two lines"));
        assertThat(Failure.of(new UncheckedIOException(new NoSuchFileException("a.csv"))))
                .isEqualTo(new Failure(ExitCode.BAD_INPUT, "a.csv: no such file"));
        assertThat(Failure.of(new IOException("No space left on device")).line())
                .startsWith("disk full");
        assertThat(Failure.of(new IOException("No space left on device")).exitCode())
                .isEqualTo(ExitCode.FAILURE);
        assertThat(Failure.of(new IllegalStateException("odd")).line())
                .contains("internal error", "odd", "--stacktrace");
        assertThat(Failure.of(new OutOfMemoryError("Java heap space")).line())
                .contains("training.batch");
    }
}
