package gsdm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The picture of a module's packages in {@code docs/architecture.md} is true: every arrow is an
 * import, and every import is an arrow or a chain of them.
 */
class PackagePictureTest {
    private static final Path DOCUMENT = Path.of("../docs/architecture.md");
    private static final Pattern ARROW =
            Pattern.compile("^ *([a-z.]+) --> ([a-z.]+)$", Pattern.MULTILINE);

    /** The packages that each package imports, of its own module alone. */
    private static Map<String, Set<String>> imports(String module) throws IOException {
        Path sources = Path.of("..", module, "src/main/java");
        String root = module.replace("gsdm-", "gsdm.");
        Map<String, Set<String>> imports = new HashMap<>();
        for (Path folder : PackageInfoTest.packages()) {
            if (folder.startsWith(sources)) {
                String name = sources.relativize(folder).toString().replace('/', '.');
                imports.put(
                        shortName(name, root),
                        PackageInfoTest.imported(folder).stream()
                                .filter(imported -> inModule(imported, root))
                                .map(imported -> shortName(imported, root))
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return imports;
    }

    private static boolean inModule(String name, String root) {
        return name.equals(root) || name.startsWith(root + ".");
    }

    /**
     * Without what all packages of a module begin with; that of the module itself is its last part.
     */
    private static String shortName(String name, String root) {
        return name.equals(root)
                ? root.substring(root.lastIndexOf('.') + 1)
                : name.substring(root.length() + 1);
    }

    /** The arrows below the heading of a module. */
    private static Map<String, Set<String>> arrows(String module) throws IOException {
        String text = Files.readString(DOCUMENT);
        int start = text.indexOf("\n### " + module + "\n");
        assertThat(start).as("%s has a heading for %s", DOCUMENT, module).isPositive();
        int end = text.indexOf("\n#", start + 1);
        String section = text.substring(start, end < 0 ? text.length() : end);
        Map<String, Set<String>> arrows = new HashMap<>();
        ARROW.matcher(section)
                .results()
                .forEach(arrow ->
                        arrows.computeIfAbsent(arrow.group(1), _ -> new TreeSet<>())
                                .add(arrow.group(2)));
        return arrows;
    }

    /** All that arrows lead to from a package. */
    private static Set<String> reached(String from, Map<String, Set<String>> arrows) {
        Set<String> reached = new TreeSet<>();
        Deque<String> left = new ArrayDeque<>(arrows.getOrDefault(from, Set.of()));
        while (!left.isEmpty()) {
            String next = left.pop();
            if (reached.add(next)) {
                left.addAll(arrows.getOrDefault(next, Set.of()));
            }
        }
        return reached;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gsdm-tensor", "gsdm-nn", "gsdm-graph", "gsdm-cli"})
    void arrowsAreImports(String module) throws IOException {
        Map<String, Set<String>> imports = imports(module);
        Map<String, Set<String>> arrows = arrows(module);
        assertThat(arrows).isNotEmpty();
        arrows.forEach((from, to) ->
                assertThat(imports.getOrDefault(from, Set.of()))
                        .as("%s: what %s imports", module, from)
                        .containsAll(to));
        imports.forEach((from, to) ->
                assertThat(reached(from, arrows))
                        .as("%s: where the arrows from %s lead", module, from)
                        .containsAll(to));
    }
}
