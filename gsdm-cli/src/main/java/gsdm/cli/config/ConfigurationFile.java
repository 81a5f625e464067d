package gsdm.cli.config;

import gsdm.cli.error.CommandException;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The YAML file of a configuration: sections, each with its keys and values. */
public final class ConfigurationFile {

    private ConfigurationFile() {}

    /**
     * Reads a file, not yet checked against any schema.
     *
     * @throws IOException if it cannot be read
     * @throws CommandException (bad input) if it is not YAML, or not sections of keys
     */
    public static Map<String, Map<String, Object>> read(Path file) throws IOException {
        return sections(file.toString(), YamlTree.read(file).values());
    }

    /**
     * Parses the text of a file.
     *
     * @param origin the file's name, for errors
     */
    public static Map<String, Map<String, Object>> parse(String origin, String yaml) {
        return sections(origin, YamlTree.parse(origin, yaml).values());
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
        values.forEach((name, section) ->
                sections.put(name, YamlTree.entries(origin, "section " + name, section)));
        return sections;
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
