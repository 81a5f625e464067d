package gsdm.cli.config;

import gsdm.cli.error.CommandException;
import gsdm.graph.problem.Names;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lays values over defaults, later ones winning: defaults, then a preset, then a file, then {@code
 * --set}. Unknown sections and keys and values of the wrong type are bad input, naming where they
 * stand and what is nearest.
 */
public final class ConfigurationBuilder {

    private final Map<String, Section> schema = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> values = new LinkedHashMap<>();

    /** Starts from the defaults of the sections. */
    public ConfigurationBuilder(List<Section> sections) {
        for (Section section : sections) {
            schema.put(section.name(), section);
            values.put(section.name(), section.defaults());
        }
    }

    /**
     * Lays a preset or a file over what is there.
     *
     * @param origin where the values come from, put before an error
     * @param layer section to key to raw value
     */
    public ConfigurationBuilder layer(String origin, Map<String, Map<String, Object>> layer) {
        try {
            layer.forEach((name, keys) -> keys.forEach((key, raw) -> put(name, key, raw)));
        } catch (CommandException e) {
            throw CommandException.badInput(origin + ": " + e.getMessage(), e);
        }
        return this;
    }

    /**
     * Lays one value of the command line over what is there.
     *
     * @param assignment {@code section.key=value}
     */
    public ConfigurationBuilder set(String assignment) {
        int equals = assignment.indexOf('=');
        int dot = assignment.indexOf('.');
        if (dot <= 0 || equals < dot + 2) {
            throw CommandException.usage(
                    "--set expects section.key=value, as --set training.batch=16; found \""
                            + assignment
                            + "\"");
        }
        put(
                assignment.substring(0, dot).strip(),
                assignment.substring(dot + 1, equals).strip(),
                assignment.substring(equals + 1).strip());
        return this;
    }

    private void put(String sectionName, String keyName, Object raw) {
        Section section = schema.get(sectionName);
        if (section == null) {
            String nearest = Names.nearest(sectionName, schema.keySet()).orElseThrow();
            throw CommandException.badInput(
                    "unknown section " + sectionName + ": did you mean " + nearest + "?");
        }
        Key key = section.key(keyName);
        values.get(sectionName).put(key.name(), key.parse(sectionName, raw));
    }

    /** The configuration so far. */
    public Configuration build() {
        return new Configuration(values);
    }
}
