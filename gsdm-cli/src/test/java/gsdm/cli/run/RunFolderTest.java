package gsdm.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.cli.error.CommandException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

class RunFolderTest {

    @TempDir Path folder;

    @Test
    void theDefaultNameTellsProblemTimeAndSeed() {
        assertThat(RunFolder.defaultPath("bnn", Instant.parse("2025-03-04T05:06:07Z"), 9))
                .isEqualTo(Path.of("runs", "bnn-20250304-050607-9"));
    }

    @Test
    void aRunInUseIsRefusedUntilItIsFree() throws IOException {
        RunFolder run = RunFolder.create(folder.resolve("run"));
        try (RunFolder.Lock _ = run.lock()) {
            assertThatThrownBy(run::lock)
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("in use");
        }
        run.lock().close();
    }

    @Test
    void onlyNewFoldersAreMadeAndOnlyRunsOpened() throws IOException {
        Path path = folder.resolve("run");
        RunFolder run = RunFolder.create(path);
        assertThatThrownBy(() -> RunFolder.open(path)).hasMessageContaining("config.yaml");
        Files.writeString(run.config(), "");
        assertThat(RunFolder.open(path)).isEqualTo(run);
        assertThatThrownBy(() -> RunFolder.create(path)).hasMessageContaining("gsdm resume");
        assertThatThrownBy(() -> RunFolder.open(folder.resolve("none")))
                .hasMessageContaining("no such run folder");
    }
}
