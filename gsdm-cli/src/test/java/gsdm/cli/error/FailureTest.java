package gsdm.cli.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

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

    /** The message of these is only a path; their class says what happened. */
    @Test
    void theReasonIsGivenWhereTheMessageIsOnlyAPath() {
        assertThat(line(new AccessDeniedException("d/a"))).isEqualTo("d/a: permission denied");
        assertThat(line(new NotDirectoryException("d/a"))).isEqualTo("d/a: not a directory");
        assertThat(line(new FileAlreadyExistsException("d/a"))).isEqualTo("d/a: exists already");
        assertThat(line(new DirectoryNotEmptyException("d/a")))
                .isEqualTo("d/a: directory is not empty");
        assertThat(line(new FileSystemLoopException("d/a"))).contains("d/a: ", "circle");
        assertThat(line(new FileSystemException("d/a", null, "File name too long")))
                .isEqualTo("d/a: File name too long");
        assertThat(line(new FileNotFoundException("d/a (Is a directory)")))
                .isEqualTo("d/a (Is a directory)");
    }

    private static String line(IOException thrown) {
        Failure failure = Failure.of(new IOException("x: cannot be written", thrown));
        assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(Failure.of(thrown).exitCode()).isEqualTo(ExitCode.BAD_INPUT);
        return Failure.of(thrown).line();
    }

    @Test
    void aFullDiskIsTheMachinesFailureWhereverItIsNoticed() {
        IOException full = new FileSystemException("d/a", null, "No space left on device");
        assertThat(Failure.of(full).exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(Failure.of(full).line()).startsWith("disk full: d/a: No space left on device");
        assertThat(Failure.of(new IOException()).line())
                .isEqualTo("input or output failed: IOException");
    }

    @Test
    void aLineHasNothingThatATerminalActsOn() {
        assertThat(Failure.of(CommandException.badInput("\u001b[2Ja.csv: no such file")).line())
                .isEqualTo("\\u001b[2Ja.csv: no such file");
    }
}
