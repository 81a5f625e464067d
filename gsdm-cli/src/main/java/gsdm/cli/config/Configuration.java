package gsdm.cli.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A resolved configuration: every key of every section with its value.
 *
 * @param values section to key to value, in the order in which they are shown
 */
public record Configuration(Map<String, Map<String, Object>> values) {

    /** Copies the maps. */
    public Configuration {
        Map<String, Map<String, Object>> copy = new LinkedHashMap<>();
        values.forEach((name, section) ->
                copy.put(name, Collections.unmodifiableMap(new LinkedHashMap<>(section))));
        values = Collections.unmodifiableMap(copy);
    }

    /** The values of a section. */
    public Map<String, Object> section(String name) {
        Map<String, Object> section = values.get(name);
        if (section == null) {
            throw new IllegalArgumentException("no section " + name + ", only " + values.keySet());
        }
        return section;
    }

    /** Every key as {@code section.key} with its value. */
    public Map<String, Object> flat() {
        Map<String, Object> flat = new LinkedHashMap<>();
        values.forEach((name, section) ->
                section.forEach((key, value) -> flat.put(name + "." + key, value)));
        return flat;
    }
}
