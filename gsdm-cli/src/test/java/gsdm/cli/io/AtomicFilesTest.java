package gsdm.cli.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.cli.error.ExitCode;
import gsdm.cli.error.Failure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

class AtomicFilesTest {

    @TempDir Path folder;

    @Test
    void aFailureLeavesWhatWasThereAndNothingElse() throws IOException {
        Path file = folder.resolve("deep/a.txt");
        AtomicFiles.writeText(file, "before");
        assertThatThrownBy(() ->
                        AtomicFiles.write(
                                file,
                                out -> {
                                    out.write(new byte[100_000]);
                                    throw new IOException("No space left on device");
                                }))
                .hasMessage(file + ": cannot be written: No space left on device");
        assertThat(file).hasContent("before");
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aRefusalNamesTheFileAndNotTheTemporaryOne() {
        Path file = folder.resolve("a.txt");
        assertThatThrownBy(() ->
                        AtomicFiles.write(
                                file,
                                out -> {
                                    throw new AccessDeniedException(".a.txt.tmp");
                                }))
                .hasMessage(file + ": cannot be written: permission denied")
                .extracting(Failure::of)
                .returns(ExitCode.BAD_INPUT, Failure::exitCode);
    }
}
