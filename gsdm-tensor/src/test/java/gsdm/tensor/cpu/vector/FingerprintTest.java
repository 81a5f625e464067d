package gsdm.tensor.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The same bits whether kernels are interpreted or compiled. */
class FingerprintTest {
    @Test
    void interpretedAndCompiledAgreeToTheBit() throws IOException, InterruptedException {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Process interpreted =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-Xint",
                                        "--add-modules",
                                        "jdk.incubator.vector",
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-cp",
                                        classPath,
                                        Fingerprint.class.getName()))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        int compiled = Fingerprint.of(400);
        String printed =
                new String(interpreted.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(interpreted.waitFor()).isZero();
        assertThat(printed.strip()).isEqualTo(Integer.toString(compiled));
    }
}
