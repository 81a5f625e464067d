import org.w3c.dom.Element;
import org.xml.sax.SAXException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/**
 * Ends {@code verify} with what ran: tests by module, from Surefire's reports, and the formatting
 * check. Arguments: the project's root, the instant at which the build started (older reports are
 * left-overs), and the file that gets a copy.
 */
final class Summary {

    private Summary() {}

    private record Tally(int tests, int failures, int errors, int skipped) {
        Tally plus(Tally other) {
            return new Tally(
                    tests + other.tests,
                    failures + other.failures,
                    errors + other.errors,
                    skipped + other.skipped);
        }

        @Override
        public String toString() {
            return "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d"
                    .formatted(tests, failures, errors, skipped);
        }
    }

    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        long started = Instant.parse(args[1]).toEpochMilli();
        var modules = new TreeMap<String, Tally>();
        Tally total = new Tally(0, 0, 0, 0);
        for (Path report : reports(root, started)) {
            Tally tally = read(report);
            Path module = root.relativize(report.getParent().getParent().getParent());
            modules.merge(module.toString(), tally, Tally::plus);
            total = total.plus(tally);
        }
        var text = new StringBuilder("\nWhat ran\n");
        modules.forEach((name, tally) -> text.append("  %-20s %s%n".formatted(name, tally)));
        text.append("  %-20s %s%n".formatted("formatting", formatting(root, started)));
        text.append("  %-20s %s%n".formatted("java", Runtime.version()));
        text.append(total).append('\n');
        System.out.print(text);
        Path copy = Path.of(args[2]);
        Files.createDirectories(copy.getParent());
        Files.writeString(copy, text);
    }

    private static List<Path> reports(Path root, long started) throws IOException {
        try (var paths = Files.walk(root, 6)) {
            return paths.filter(path -> path.getParent().endsWith("target/surefire-reports"))
                    .filter(path -> path.getFileName().toString().matches("TEST-.*\\.xml"))
                    .filter(path -> isNew(path, started))
                    .toList();
        }
    }

    private static boolean isNew(Path path, long started) {
        return path.toFile().lastModified() >= started;
    }

    private static Tally read(Path report) {
        try {
            Element suite =
                    DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(report.toFile())
                            .getDocumentElement();
            return new Tally(
                    count(suite, "tests"),
                    count(suite, "failures"),
                    count(suite, "errors"),
                    count(suite, "skipped"));
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new IllegalStateException("cannot read " + report + ": " + e.getMessage(), e);
        }
    }

    private static int count(Element suite, String attribute) {
        return Integer.parseInt(suite.getAttribute(attribute));
    }

    private static String formatting(Path root, long started) throws IOException {
        Path report = root.resolve("target/formatting.txt");
        return Files.exists(report) && isNew(report, started)
                ? "checked, " + Files.readString(report).strip()
                : "not checked";
    }
}
