package gsdm.cli.config;

import gsdm.cli.error.CommandException;
import gsdm.tensor.io.InputFile;

import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a YAML file says, not yet checked against any schema. Values are text, lists and maps.
 *
 * @param origin the file's name, for errors
 * @param values of the file's keys, in its order
 * @param lines where keys stand, by the keys that lead to them; of the first {@link #DEPTH} levels
 */
public record YamlTree(
        String origin, Map<String, Object> values, Map<List<String>, Integer> lines) {

    private static final int DEPTH = 4;

    /**
     * Values are text, as on the command line: what it stands for is for the key to say. Nothing,
     * {@code null} and {@code ~} are the empty text. Merge keys are resolved as aliases are.
     */
    private static final class TextSchema extends FailsafeSchema {
        private static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");

        @Override
        public ScalarResolver getScalarResolver() {
            return (text, plain) -> {
                if (plain && NOTHING.contains(text)) {
                    return Tag.NULL;
                }
                return plain && text.equals("<<") ? Tag.MERGE : Tag.STR;
            };
        }

        @Override
        public Map<Tag, ConstructNode> getSchemaTagConstructors() {
            Map<Tag, ConstructNode> constructors = new HashMap<>(super.getSchemaTagConstructors());
            constructors.put(Tag.NULL, _ -> "");
            return constructors;
        }
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws CommandException (bad input) if it is not YAML, or not keys with values
     */
    public static YamlTree read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(InputFile.require(file))) {
            return parse(file.toString(), in);
        }
    }

    /** The same of a text, which comes from somewhere. */
    public static YamlTree parse(String origin, String yaml) {
        try {
            return parse(origin, new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // never, of bytes in memory
        }
    }

    private static YamlTree parse(String origin, InputStream yaml) throws IOException {
        LoadSettings settings = LoadSettings.builder().setSchema(new TextSchema()).build();
        try {
            Optional<Node> root = new Compose(settings).composeInputStream(yaml);
            Map<List<String>, Integer> lines = new HashMap<>();
            root.ifPresent(node -> findLines(node, List.of(), lines));
            Object tree = new StandardConstructor(settings).constructSingleDocument(root);
            return new YamlTree(origin, entries(origin, "the file", tree), lines);
        } catch (MarkedYamlEngineException e) {
            String line = e.getProblemMark().map(mark -> ":" + lineOf(mark)).orElse("");
            String problem =
                    Stream.of(e.getContext(), e.getProblem())
                            .filter(words -> words != null && !words.isEmpty())
                            .collect(Collectors.joining(", "));
            throw CommandException.badInput(
                    origin + line + ": not a YAML file as expected: " + problem, e);
        } catch (ReaderException e) {
            throw CommandException.badInput(
                    "%s: not a text file: it has the character U+%04X"
                            .formatted(origin, e.getCodePoint()),
                    e);
        } catch (YamlEngineException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw CommandException.badInput(origin + ": not a text file (UTF-8)", e);
            }
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw CommandException.badInput(
                    origin + ": not a YAML file as expected: " + e.getMessage(), e);
        } catch (StackOverflowError e) { // the parser calls itself
            throw CommandException.badInput(origin + ": lists or sections are nested too deep", e);
        }
    }

    private static void findLines(Node node, List<String> path, Map<List<String>, Integer> lines) {
        if (path.size() == DEPTH || !(node instanceof MappingNode map)) {
            return;
        }
        map.getValue()
                .forEach(entry -> {
                    if (entry.getKeyNode() instanceof ScalarNode key) {
                        List<String> longer = new ArrayList<>(path);
                        longer.add(key.getValue());
                        key.getStartMark().ifPresent(mark -> lines.put(longer, lineOf(mark)));
                        findLines(entry.getValueNode(), longer, lines);
                    }
                });
    }

    private static int lineOf(Mark mark) {
        return mark.getLine() + 1;
    }

    /**
     * The file and the line of a key, for errors. A key that another section has lent stands where
     * what it was lent to does.
     *
     * @param path the keys that lead there
     */
    public String where(String... path) {
        List<String> keys = List.of(path);
        while (!keys.isEmpty() && !lines.containsKey(keys)) {
            keys = keys.subList(0, keys.size() - 1);
        }
        return keys.isEmpty() ? origin : origin + ":" + lines.get(keys);
    }

    /**
     * The keys and values of a section; none if all of it is a comment.
     *
     * @param origin where it stands, for errors
     * @param what it is, for errors
     * @throws CommandException (bad input) if it is not a section
     */
    public static Map<String, Object> entries(String origin, String what, Object tree) {
        if ("".equals(tree)) {
            return Map.of(); // all of it is a comment
        }
        if (!(tree instanceof Map<?, ?> map)) {
            throw CommandException.badInput(
                    "%s: expected %s to hold \"name: value\" lines, found %s"
                            .formatted(origin, what, Key.shown(tree)));
        }
        Map<String, Object> entries = new LinkedHashMap<>();
        map.forEach((key, value) -> entries.put(key.toString(), value));
        return entries;
    }
}
