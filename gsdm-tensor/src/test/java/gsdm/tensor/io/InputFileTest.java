package gsdm.tensor.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

class InputFileTest {
    @TempDir Path folder;

    @Test
    void filesAndLinksToThemAreTaken() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "text");
        assertThat(InputFile.require(file)).isEqualTo(file);
        Path link = Files.createSymbolicLink(folder.resolve("b"), file);
        assertThat(InputFile.require(link)).isEqualTo(link);
    }

    @Test
    void whatIsNoFileIsSaidToBe() {
        assertThatThrownBy(() -> InputFile.require(folder))
                .hasMessage(folder + ": expected a file, found a folder");
        assertThatThrownBy(() -> InputFile.require(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void devicesAreRefusedUnread() {
        assertThatThrownBy(() -> InputFile.require(Path.of("/dev/zero")))
                .hasMessage("/dev/zero: expected a file, found a pipe or a device");
    }
}
