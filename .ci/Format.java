import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.StringWrapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Checks every Java file of the project against google-java-format (AOSP style), or rewrites it.
 *
 * <p>The build runs this on the JDK 25 of its toolchain, since the formatter needs a newer Java
 * than Maven itself may run on. Arguments: {@code check} or {@code apply}, the project's root, and
 * the file that gets the one-line result.
 */
final class Format {

    private static final Formatter FORMATTER =
            new Formatter(
                    JavaFormatterOptions.builder()
                            .style(JavaFormatterOptions.Style.AOSP)
                            .formatJavadoc(true)
                            .build());

    private Format() {}

    public static void main(String[] args) throws IOException {
        boolean apply = args[0].equals("apply");
        Path root = Path.of(args[1]);
        List<Path> files = sources(root);
        if (files.isEmpty()) {
            System.err.println("found no Java file under " + root);
            System.exit(1);
        }
        List<Path> changed = files.parallelStream().filter(file -> differs(file, apply)).toList();
        changed.forEach(file ->
                System.out.println(
                        (apply ? "reformatted " : "not formatted: ") + root.relativize(file)));
        String result = files.size() + " files, " + changed.size() + (apply ? " changed" : " off");
        System.out.println("formatting: " + result);
        Path report = Path.of(args[2]);
        Files.createDirectories(report.getParent());
        Files.writeString(report, result + "\n");
        if (!apply && !changed.isEmpty()) {
            System.err.println("run ./mvnw -Pformat to format them");
            System.exit(1);
        }
    }

    private static List<Path> sources(Path root) throws IOException {
        try (var paths = Files.walk(root)) {
            return paths.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> isSource(root.relativize(path)))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isSource(Path path) {
        for (Path part : path) {
            String name = part.toString();
            if (name.equals("target") || name.startsWith(".") && !name.equals(".ci")) {
                return false;
            }
        }
        return true;
    }

    private static boolean differs(Path file, boolean apply) {
        try {
            String before = Files.readString(file, UTF_8);
            String after =
                    StringWrapper.wrap(FORMATTER.formatSourceAndFixImports(before), FORMATTER);
            if (after.equals(before)) {
                return false;
            }
            if (apply) {
                Files.writeString(file, after, UTF_8);
            }
            return true;
        } catch (FormatterException | IOException e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
        }
    }
}
