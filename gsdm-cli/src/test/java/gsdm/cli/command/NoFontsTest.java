package gsdm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.tools.ToolProvider;

/** A machine without fonts, as a Java virtual machine whose font manager fails as it does there. */
class NoFontsTest {

    private static final String FONT_MANAGER =
            """
            package sun.font;

            public final class FontManagerFactory {
                public static FontManager getInstance() {
                    throw new Error("Probable fatal error:No fonts found.");
                }
            }
            """;

    @TempDir Path folder;

    @Test
    void trainingThereEndsWithScoresAndAPageWithoutFigures() throws Exception {
        Path run = folder.resolve("run");
        int code = gsdm("train matrix-factorization --preset tiny --steps 2 --run " + run);
        assertThat(err())
                .contains("warning: the report has no figures", "No fonts found")
                .doesNotContain("internal error");
        assertThat(code).isZero();
        assertThat(folder.resolve("out.txt")).content().contains("rmse");
        assertThat(run.resolve("report.html")).content().contains("rmse").doesNotContain("<img");
    }

    @Test
    void anExperimentThereEndsWithATableWithoutCurves() throws Exception {
        Path file = folder.resolve("e.yaml");
        Files.writeString(
                file,
                "problem: matrix-factorization\n"
                        + "preset: tiny\n"
                        + "seeds: [1, 2]\n"
                        + "steps: 2\n"
                        + "rows: {a: {}}\n");
        Path out = folder.resolve("out");
        int code = gsdm("sweep " + file + " --out " + out);
        assertThat(err().lines().filter(line -> line.startsWith("warning: no curves: ")))
                .singleElement()
                .asString()
                .contains("No fonts found");
        assertThat(code).isZero();
        assertThat(out.resolve("table.md"))
                .content()
                .contains("| **a** | ")
                .doesNotContain("curves");
    }

    /** Runs a command line on such a machine; what it says goes to files. */
    private int gsdm(String line) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--patch-module",
                                "java.desktop=" + brokenFontManager(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--class-path",
                                System.getProperty("java.class.path"),
                                "gsdm.cli.Main"));
        command.addAll(List.of(line.split(" ")));
        command.addAll(List.of("--device", "scalar"));
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(folder.resolve("err.txt").toFile())
                .start()
                .waitFor();
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("err.txt"));
    }

    private Path brokenFontManager() throws IOException {
        Path sources = folder.resolve("src");
        Path source = sources.resolve("sun/font/FontManagerFactory.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, FONT_MANAGER);
        Path classes = folder.resolve("classes");
        int code =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "--patch-module",
                                "java.desktop=" + sources,
                                "-d",
                                classes.toString(),
                                source.toString());
        assertThat(code).isZero();
        return classes;
    }
}
