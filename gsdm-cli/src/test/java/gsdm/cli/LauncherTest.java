package gsdm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The script {@code gsdm} in a checkout whose Maven wrapper only notes that it was called, and on a
 * JDK that prints how it was started; the lock is taken by this test's own Java.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

    private static final String JAR = "gsdm-cli.jar";

    private static final String JAVA =
            """
            #!/bin/sh
            for argument; do
                case $argument in *.java) exec '%s' "$@" ;; esac
            done
            echo "locale $(locale charmap)"
            [ -f "$4" ] || echo "no jar $4" >&2
            printf '%%s\\n' "$@"
            """
                    .formatted(Path.of(System.getProperty("java.home"), "bin", "java"));

    private static final String MVNW =
            """
            #!/bin/sh
            echo build >>builds
            while [ -f hold ]; do sleep 0.1; done
            [ ! -f broken ] || { cat broken; exit 1; }
            mkdir -p gsdm-cli/target/lib
            cat gsdm-cli/src/main/Main.java >gsdm-cli/target/gsdm-cli.jar
            """;

    @TempDir Path folder;

    private Path root;
    private Path jdk;

    @BeforeEach
    void makeCheckout() throws IOException {
        root = folder.resolve("checkout");
        jdk = folder.resolve("jdk");
        write(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        program(jdk.resolve("bin/java"), JAVA);
        program(jdk.resolve("bin/javac"), "");
        program(root.resolve("mvnw"), MVNW);
        write(root.resolve("pom.xml"), "<project/>");
        write(root.resolve("gsdm-cli/pom.xml"), "<project/>");
        write(root.resolve("gsdm-cli/src/main/Main.java"), "first");
        copy(Path.of("../gsdm"), root.resolve("gsdm"));
        copy(Path.of("../.ci/Lock.java"), root.resolve(".ci/Lock.java"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void program(Path file, String text) throws IOException {
        write(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }

    private record Result(int code, String out, String err) {}

    private ProcessBuilder launcher(Path script, String... arguments) {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Stream.concat(Stream.of(script.toString()), Stream.of(arguments)).toList());
        builder.environment().put("GSDM_JAVA_HOME", jdk.toString());
        builder.environment().put("TORNADOVM_HOME", "none"); // whatever this machine has
        return builder;
    }

    private static Result finish(Process process) throws IOException, InterruptedException {
        String out = text(process.getInputStream());
        String err = text(process.getErrorStream());
        return new Result(process.waitFor(), out, err);
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private Result run() throws IOException, InterruptedException {
        return run(root);
    }

    private Result run(Path checkout) throws IOException, InterruptedException {
        return finish(launcher(checkout.resolve("gsdm"), "eval").start());
    }

    private long builds() throws IOException {
        Path file = root.resolve("builds");
        return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    }

    /** The contents of the jar that was started: what the source was when it was built. */
    private static String started(Result result) throws IOException {
        assertThat(result.code()).as(result.err()).isZero();
        String jar =
                result.out().lines().filter(line -> line.endsWith(JAR)).findFirst().orElseThrow();
        return Files.readString(Path.of(jar));
    }

    @Test
    void itIsBuiltOnceAndAgainWhereASourceHasChanged() throws Exception {
        Result first = run();
        assertThat(first.err()).isEqualTo("building gsdm (first use, about a minute) ...\n");
        assertThat(started(first)).isEqualTo("first");
        assertThat(run().err()).isEmpty();
        assertThat(builds()).isOne();
        write(root.resolve("gsdm-cli/src/main/Main.java"), "second");
        Result second = run();
        assertThat(second.err()).isEqualTo("building gsdm (its sources have changed) ...\n");
        assertThat(started(second)).isEqualTo("second");
        assertThat(started(run())).isEqualTo("second");
        assertThat(builds()).isEqualTo(2);
    }

    /** The Java virtual machine warns of them before anything of ours is printed. */
    @Test
    void noIncubatorModuleIsAskedFor() throws Exception {
        assertThat(run().out()).contains("eval").doesNotContain("--add-modules", "incubator");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1\n", "99999999\n", "no number\n"})
    void whatABuildThatWasKilledLeavesIsNotWaitedFor(String pid) throws Exception {
        write(root.resolve("target/building/pid"), pid);
        write(root.resolve("target/app/builder"), pid);
        write(root.resolve("target/app/lock"), pid);
        write(root.resolve("target/app/current"), "");
        write(root.resolve("target/app/current.new"), "20250101-000000-1\n");
        write(root.resolve("target/app/20250101-000000-1/lib/half.jar"), "half");
        write(root.resolve("gsdm-cli/target/gsdm-cli.jar"), "half a jar, newer than the sources");
        assertThat(started(run())).isEqualTo("first");
    }

    @Test
    void theSecondOfTwoWaitsAndSaysForWhom() throws Exception {
        write(root.resolve("hold"), "");
        Process first = launcher(root.resolve("gsdm")).start();
        while (builds() == 0) {
            Thread.onSpinWait();
        }
        Process second = launcher(root.resolve("gsdm")).start();
        String maven = Files.readString(root.resolve("target/app/builder")).strip();
        String said =
                "waiting for process %s, which is building gsdm already ...\n".formatted(maven);
        byte[] heard = second.getErrorStream().readNBytes(said.length());
        assertThat(new String(heard, StandardCharsets.UTF_8)).isEqualTo(said);
        assertThat(ProcessHandle.of(Long.parseLong(maven)).map(ProcessHandle::isAlive))
                .contains(true);
        Files.delete(root.resolve("hold"));
        assertThat(started(finish(first))).isEqualTo("first");
        assertThat(started(finish(second))).isEqualTo("first");
        assertThat(builds()).isOne();
    }

    @Test
    void theSuccessorOfABuilderThatWasKilledBuilds() throws Exception {
        write(root.resolve("hold"), "");
        Process killed = launcher(root.resolve("gsdm")).start();
        while (builds() == 0) {
            Thread.onSpinWait();
        }
        List<ProcessHandle> children = killed.descendants().toList();
        killed.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        Files.delete(root.resolve("hold"));
        assertThat(started(run())).isEqualTo("first");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void aBuildThatFailsEndsWithItsLastLines() throws Exception {
        write(root.resolve("broken"), "No space left on device\n");
        assertThat(run().err()).contains("No space left on device", "gsdm: the build failed");
        write(root.resolve("broken"), "");
        Result silent = run();
        assertThat(silent.err()).contains("gsdm: the build failed").contains("is the disk full?");
        assertThat(silent.code()).isOne();
        Files.delete(root.resolve("broken"));
        assertThat(started(run())).isEqualTo("first");
    }

    @Test
    void aFolderThatCannotBeWrittenIsSaid() throws Exception {
        write(root.resolve("target"), "a file where a folder must be");
        Result result = run();
        assertThat(result.code()).isOne();
        assertThat(result.err()).contains("gsdm: must build itself, and cannot write to " + root);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "w ö 東",
                "it's \"quoted\"",
                "100%20 #1 +x",
                "-dash",
                "a\nb",
                "back\\slash",
                "star*",
                "a!b"
            })
    void aCheckoutThatWasMovedOrCopiedRunsWhatIsInIt(String name) throws Exception {
        Charset names = Charset.forName(System.getProperty("sun.jnu.encoding"));
        assumeTrue(names.newEncoder().canEncode(name), "the locale cannot spell it");
        assertThat(started(run())).isEqualTo("first");
        Path copied = folder.resolve(name);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = copied.resolve(root.relativize(file).toString());
                copy(file, to);
                Files.setLastModifiedTime(to, FileTime.from(Instant.now()));
            }
        }
        Files.setLastModifiedTime(
                copied.resolve("target/app/current"), FileTime.from(Instant.EPOCH));
        deleteBuilt();
        Result moved = run(copied);
        assertThat(moved.err()).isEmpty();
        assertThat(moved.out()).contains(copied.resolve("target/app").toString());
        assertThat(Files.readAllLines(copied.resolve("builds"))).hasSize(1);
    }

    /** So that nothing can run what was built in the first place. */
    private void deleteBuilt() throws IOException {
        Files.move(root.resolve("target"), folder.resolve("gone"));
    }

    @Test
    void whatWasBuiltRunsWithoutItsSources() throws Exception {
        assertThat(started(run())).isEqualTo("first");
        Files.delete(root.resolve("pom.xml"));
        Files.move(root.resolve("gsdm-cli"), folder.resolve("gone"));
        assertThat(started(run())).isEqualTo("first");
        assertThat(builds()).isOne();
    }

    @Test
    void anOldCheckoutWhoseCopyHasTheSameNameIsBuiltAnew() throws Exception {
        write(root.resolve("target/app/current"), folder.resolve("elsewhere/target/app/x") + "\n");
        write(folder.resolve("elsewhere/target/app/x/" + JAR), "another's");
        assertThat(started(run())).isEqualTo("first");
    }

    @Test
    void aColonInThePathIsRefusedInWords() throws Exception {
        Path colon = Files.move(root, folder.resolve("a:b"));
        Result result = run(colon);
        assertThat(result.code()).isOne();
        assertThat(result.err()).startsWith("gsdm: " + colon).contains("colon").hasLineCount(1);
    }

    /** Java finds no services in a jar whose path holds {@code !/}. */
    @ParameterizedTest
    @ValueSource(strings = {"a!", "a!/b"})
    void aFolderThatEndsInAnExclamationMarkIsRefusedInWords(String name) throws Exception {
        Path to = folder.resolve(name);
        Files.createDirectories(to.getParent());
        Result result = run(Files.move(root, to));
        assertThat(result.code()).isOne();
        assertThat(result.err()).startsWith("gsdm: " + to).contains("ends in !").hasLineCount(1);
    }

    @Test
    void linksToTheScriptAndToTheCheckoutAreFollowed() throws Exception {
        assertThat(started(run())).isEqualTo("first");
        Path link = Files.createSymbolicLink(folder.resolve("link"), root);
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path command = bin.resolve("g");
        Files.createSymbolicLink(command, Path.of("../link/gsdm"));
        assertThat(started(run(link))).isEqualTo("first");
        assertThat(started(finish(launcher(command, "eval").start()))).isEqualTo("first");
        assertThat(builds()).isOne();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "LC_ALL=C",
                "LC_ALL=POSIX",
                "LC_ALL=xx_XX.UTF-8",
                "LC_ALL=xx_XX",
                "LANG=C",
                "LC_CTYPE=POSIX",
                "LANG=C.UTF-8",
                "LC_ALL=C,LANG=C.UTF-8"
            })
    void javaRunsInALocaleOfUtf8(String variables) throws Exception {
        ProcessBuilder builder = launcher(root.resolve("gsdm"), "eval");
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        Stream.of(variables.split(","))
                .filter(text -> !text.isEmpty())
                .map(text -> text.split("="))
                .forEach(pair -> environment.put(pair[0], pair[1]));
        assertThat(finish(builder.start()).out()).startsWith("locale UTF-8\n");
    }

    private Result runWith(Path sdk) throws IOException, InterruptedException {
        ProcessBuilder builder = launcher(root.resolve("gsdm"), "eval");
        builder.environment().put("TORNADOVM_HOME", sdk.toString());
        return finish(builder.start());
    }

    @Test
    void withAnSdkItIsBuiltAnewAndJavaStartsWithTheSdksArguments() throws Exception {
        Path sdk = folder.resolve("sdk");
        write(
                sdk.resolve("tornado-argfile.template"),
                "--module-path .:${TORNADOVM_HOME}/share/java\n--add-modules ALL-SYSTEM,tornado\n");
        write(sdk.resolve("share/java/tornado/tornado-api-1.jar"), "");
        run();
        Result result = runWith(sdk);
        assertThat(started(result)).isEqualTo("first");
        assertThat(builds()).isEqualTo(2);
        assertThat(result.out()).contains("-Dtornado.recover.bailout=False", "eval");
        String file = result.out().lines().filter(l -> l.startsWith("@")).findFirst().orElseThrow();
        assertThat(Files.readString(Path.of(file.substring(1))))
                .isEqualTo("--module-path %s/share/java\n--add-modules tornado\n".formatted(sdk));
        runWith(sdk);
        assertThat(started(run())).isEqualTo("first");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void aFolderThatIsNoSdkIsSaidAndGoneWithout() throws Exception {
        Path sdk = Files.createDirectories(folder.resolve("broken"));
        Result result = runWith(sdk);
        assertThat(result.err()).contains(sdk + " is no SDK of TornadoVM", "going on without it");
        assertThat(started(result)).isEqualTo("first");
        assertThat(result.out()).doesNotContain("tornado");
    }
}
