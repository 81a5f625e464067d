package gsdm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The command in a process of its own, with whatever that process is given. */
class MainTest {

    private static final String OTHER_DIGITS = "[\\p{Nd}&&[^0-9]]";

    @TempDir Path folder;

    private String run(List<String> flags, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "gsdm.cli.Main"));
        command.addAll(List.of(arguments));
        Path said = folder.resolve("said");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        assertThat(process.waitFor()).as(Files.readString(said)).isZero();
        return Files.readString(said);
    }

    /** Locales that write numbers in other digits: Arabic, Devanagari and Thai ones. */
    @ParameterizedTest
    @ValueSource(strings = {"ar EG u-nu-arab", "hi IN u-nu-deva", "th TH u-nu-thai"})
    void digitsAreTheSameInEveryLocale(String locale) throws Exception {
        String[] parts = locale.split(" ");
        String said =
                run(
                        List.of(
                                "-Duser.language=" + parts[0],
                                "-Duser.country=" + parts[1],
                                "-Duser.extensions=" + parts[2]),
                        "train",
                        "matrix-factorization",
                        "--preset",
                        "tiny",
                        "--steps",
                        "2",
                        "--set",
                        "training.evaluate=2");
        assertThat(said).doesNotContainPattern(OTHER_DIGITS).contains("2/2 steps");
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                assertThat(file.toString()).matches("\\p{ASCII}+");
                if (file.toString().matches(".*\\.(yaml|json|jsonl|html)")) {
                    assertThat(file).content().doesNotContainPattern(OTHER_DIGITS);
                }
            }
        }
    }
}
