package gsdm.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        Path err = folder.resolve("err.txt");
        Path out = folder.resolve("out.txt");
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--patch-module",
                        "java.desktop=" + brokenFontManager(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--class-path",
                        System.getProperty("java.class.path"),
                        "gsdm.cli.Main",
                        "train",
                        "matrix-factorization",
                        "--preset",
                        "tiny",
                        "--steps",
                        "2",
                        "--device",
                        "scalar",
                        "--run",
                        run.toString());
        int code =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start()
                        .waitFor();
        assertThat(err)
                .content()
                .contains("warning: the report has no figures", "No fonts found")
                .doesNotContain("internal error");
        assertThat(code).isZero();
        assertThat(out).content().contains("rmse");
        assertThat(run.resolve("report.html")).content().contains("rmse").doesNotContain("<img");
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
