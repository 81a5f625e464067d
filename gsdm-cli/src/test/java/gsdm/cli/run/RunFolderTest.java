package gsdm.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gsdm.cli.error.CommandException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class RunFolderTest {

    @TempDir Path folder;

    @Test
    void theDefaultNameTellsProblemTimeAndSeed() throws IOException {
        assertThat(create(folder.resolve("runs"))).isEqualTo("bnn-20250304-050607-9");
    }

    @Test
    void runsOfOneSecondHaveFoldersOfTheirOwn() throws Exception {
        List<Callable<String>> runs = Collections.nCopies(8, () -> create(folder));
        try (ExecutorService together = Executors.newFixedThreadPool(8)) {
            List<String> names = new ArrayList<>();
            for (Future<String> run : together.invokeAll(runs)) {
                names.add(run.get());
            }
            assertThat(names)
                    .contains("bnn-20250304-050607-9", "bnn-20250304-050607-9-2")
                    .contains("bnn-20250304-050607-9-8")
                    .doesNotHaveDuplicates();
        }
        assertThatThrownBy(() -> create(Files.createFile(folder.resolve("file"))))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    private static String create(Path runs) throws IOException {
        Instant now = Instant.parse("2025-03-04T05:06:07Z");
        return RunFolder.create(runs, "bnn", now, 9).path().getFileName().toString();
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

    /** A link to itself, since where tests run as root nothing is denied. */
    @Test
    void whatCannotBeSeenIsNotSaidToBeMissing() throws IOException {
        RunFolder run = RunFolder.create(folder.resolve("run"));
        Files.createSymbolicLink(run.config(), run.config());
        assertThat(RunFolder.open(run.path())).isEqualTo(run);
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        assertThat(RunFolder.open(loop).path()).isEqualTo(loop);
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> RunFolder.open(file))
                .hasMessage(file + ": expected a run folder, found a file");
    }
}
