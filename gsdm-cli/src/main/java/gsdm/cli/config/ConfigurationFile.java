package gsdm.cli.config;

import gsdm.cli.error.CommandException;
import gsdm.tensor.io.InputFile;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
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
        try {
            return parse(file.toString(), Files.readString(InputFile.require(file)));
        } catch (CharacterCodingException e) {
            throw CommandException.badInput(file + ": not a text file (UTF-8)", e);
        }
    }

    /**
     * Parses the text of a file.
     *
     * @param origin the file's name, for errors
     */
    public static Map<String, Map<String, Object>> parse(String origin, String yaml) {
        if (yaml.isBlank()) {
            return Map.of();
        }
        Object tree;
        try {
            tree =
                    YAMLMapper.builder()
                            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                            .build()
                            .readValue(yaml, Object.class);
        } catch (JacksonException e) {
            throw CommandException.badInput(
                    origin + where(e) + ": not a YAML file: " + firstLine(e), e);
        }
        return sections(origin, entries(origin, "the file", tree));
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
        if (!(tree instanceof Map<?, ?> map)) {
            throw CommandException.badInput(
                    origin
                            + ": expected "
                            + what
                            + " to hold \"name: value\" lines, found "
                            + tree);
        }
        Map<String, Object> entries = new LinkedHashMap<>();
        map.forEach((key, value) -> entries.put(String.valueOf(key), value == null ? "" : value));
        return entries;
    }

    private static String where(JacksonException e) {
        return e.getLocation() == null || e.getLocation().getLineNr() < 1
                ? ""
                : ":" + e.getLocation().getLineNr();
    }

    private static String firstLine(JacksonException e) {
        String message = e.getOriginalMessage();
        return message == null ? "unreadable" : message.lines().findFirst().orElse("unreadable");
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
