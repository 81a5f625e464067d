package gsdm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a {@code package-info.java} says of imports is what is imported. */
class PackageInfoTest {
    private static final Pattern SENTENCE =
            Pattern.compile("(?:Imports|May import) (.*?)\\.(?: |$)");
    private static final Pattern NAME = Pattern.compile("\\{@code (gsdm[.a-z]*)}");
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?(gsdm[.a-z]*)\\.[A-Z]", Pattern.MULTILINE);

    /** Folders of sources with more than a package-info.java. */
    static List<Path> packages() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            return files.filter(file -> file.endsWith("package-info.java"))
                    .filter(file -> file.toString().contains("src/main/java"))
                    .map(Path::getParent)
                    .filter(folder -> !sources(folder).isEmpty())
                    .toList();
        }
    }

    private static List<Path> sources(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .toList();
        } catch (IOException failure) {
            throw new AssertionError(folder.toString(), failure);
        }
    }

    /** The packages of this project that a folder's sources import, without their own. */
    static Set<String> imported(Path folder) throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path source : sources(folder)) {
            IMPORT.matcher(Files.readString(source)).results().forEach(i -> names.add(i.group(1)));
        }
        names.removeIf(name -> folder.endsWith(name.replace('.', '/'))); // of its nested types
        return names;
    }

    /** The packages of this project that the sentence about imports names. */
    private static Set<String> named(Path folder) throws IOException {
        String source = Files.readString(folder.resolve("package-info.java"));
        String text = source.replace("\n *", " ").replaceAll("\\s+", " ");
        Matcher sentence = SENTENCE.matcher(text);
        assertThat(sentence.find()).as("%s says what it imports", folder).isTrue();
        return NAME.matcher(sentence.group(1))
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean covers(String name, String imported) {
        return imported.equals(name) || imported.startsWith(name + ".");
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageImportsWhatItSays(Path folder) throws IOException {
        Set<String> named = named(folder);
        Set<String> imported = imported(folder);
        assertThat(imported)
                .as("the imports of %s, which names %s", folder, named)
                .allMatch(i -> named.stream().anyMatch(name -> covers(name, i)));
        assertThat(named)
                .as("what %s names, which imports %s", folder, imported)
                .allMatch(name -> imported.stream().anyMatch(i -> covers(name, i)));
    }
}
