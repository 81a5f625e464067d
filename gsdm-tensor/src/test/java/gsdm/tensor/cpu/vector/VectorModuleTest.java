package gsdm.tensor.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import gsdm.tensor.backend.BackendProvider;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

class VectorModuleTest {

    /** Prints what the probe finds in a process that was not started with the Vector API. */
    static final class Probe {
        public static void main(String[] args) {
            BackendProvider provider = new VectorBackendProvider();
            System.out.println(provider.probe().getClass().getSimpleName());
            System.out.println(provider.probe().getClass().getSimpleName());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED, Usable",
        "-Dnothing=, Unusable"
    })
    void itIsLoadedWithoutAWarningWhereTheProgramMay(String flag, String found)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                flag,
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                Probe.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(printed.lines()).containsExactly(found, found);
    }
}
