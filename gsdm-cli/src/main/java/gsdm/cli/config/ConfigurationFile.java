package gsdm.cli.config;

import gsdm.cli.error.CommandException;
import gsdm.tensor.io.InputFile;

import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The YAML file of a configuration: sections, each with its keys and values. */
public final class ConfigurationFile {

    private ConfigurationFile() {}

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
     * Reads a file, not yet checked against any schema.
     *
     * @throws IOException if it cannot be read
     * @throws CommandException (bad input) if it is not YAML, or not sections of keys
     */
    public static Map<String, Map<String, Object>> read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(InputFile.require(file))) {
            return parse(file.toString(), in);
        }
    }

    /**
     * Parses the text of a file.
     *
     * @param origin the file's name, for errors
     */
    public static Map<String, Map<String, Object>> parse(String origin, String yaml) {
        try {
            return parse(origin, new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // never, of bytes in memory
        }
    }

    private static Map<String, Map<String, Object>> parse(String origin, InputStream yaml)
            throws IOException {
        LoadSettings settings = LoadSettings.builder().setSchema(new TextSchema()).build();
        try {
            Object tree = new Load(settings).loadFromInputStream(yaml);
            return sections(origin, entries(origin, "the file", tree));
        } catch (MarkedYamlEngineException e) {
            String line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
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

    /**
     * Values that are sections of keys.
     *
     * @param origin where they come from, for errors
     * @throws CommandException (bad input) if one is not
     */
    public static Map<String, Map<String, Object>> sections(
            String origin, Map<String, Object> values) {
        Map<String, Map<String, Object>> sections = new LinkedHashMap<>();
        values.forEach(
                (name, section) -> sections.put(name, entries(origin, "section " + name, section)));
        return sections;
    }

    private static Map<String, Object> entries(String origin, String what, Object tree) {
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

    /**
     * The text of a file that reads back as {@code configuration}, with each key's line of
     * documentation as a comment.
     *
     * @param schema the sections that the configuration was resolved with
     */
    public static String format(Configuration configuration, List<Section> schema) {
        StringBuilder yaml = new StringBuilder();
        for (Section section : schema) {
            if (section.keys().isEmpty()) {
                continue;
            }
            yaml.append(yaml.isEmpty() ? "" : "\n").append(section.name()).append(":\n");
            Map<String, Object> values = configuration.section(section.name());
            for (Key key : section.keys()) {
                String line = "  " + key.name() + ": " + scalar(values.get(key.name()));
                String comment = key.doc().isEmpty() ? "" : "  # " + key.doc();
                yaml.append("%-32s".formatted(line).concat(comment).stripTrailing()).append('\n');
            }
        }
        return yaml.toString();
    }

    /** JSON is YAML, so text is quoted as JSON wherever it could be taken for something else. */
    private static String scalar(Object value) {
        boolean plain =
                value instanceof String text
                        && text.matches("[A-Za-z][A-Za-z0-9-]*")
                        && !text.matches("(?i)true|false|null|yes|no|on|off|y|n");
        if (value instanceof Double number && number.isInfinite()) {
            return number > 0 ? ".inf" : "-.inf";
        }
        return plain ? (String) value : JsonMapper.shared().writeValueAsString(value);
    }
}
