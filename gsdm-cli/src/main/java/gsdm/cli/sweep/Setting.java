package gsdm.cli.sweep;

import gsdm.cli.config.Key;
import gsdm.cli.config.YamlTree;
import gsdm.cli.error.CommandException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A setting as an experiment's file gives it.
 *
 * @param section as {@code training}
 * @param key in the section
 * @param value raw, for the key to say what it stands for
 * @param where the file and the line, for errors
 */
record Setting(String section, String key, Object value, String where) {

    /** What the file says elsewhere, and where. */
    private static final Map<String, String> ELSEWHERE =
            Map.of(
                    "training.seed", "seeds",
                    "training.steps", "steps or time",
                    "training.minutes", "steps or time",
                    "problem.name", "problem");

    /**
     * Settings by section or as {@code section.key}.
     *
     * @param path of keys that leads to them
     * @throws CommandException (bad input) if one is not a setting, is not for here or stands twice
     */
    static List<Setting> all(YamlTree tree, Map<String, Object> values, List<String> path) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (value instanceof Map<?, ?> section) {
                section.forEach((key, inner) ->
                        add(settings, name, key.toString(), inner, where(tree, path, name, key)));
                return;
            }
            String where = where(tree, path, name);
            int dot = name.indexOf('.');
            if (dot < 1) {
                throw CommandException.badInput(
                        "%s: expected a section, or section.key: value, found %s: %s"
                                .formatted(where, name, Key.shown(value)));
            }
            add(settings, name.substring(0, dot), name.substring(dot + 1), value, where);
        });
        return List.copyOf(settings.values());
    }

    private static String where(YamlTree tree, List<String> path, Object... keys) {
        List<String> longer = new ArrayList<>(path);
        for (Object key : keys) {
            longer.add(key.toString());
        }
        return tree.where(longer.toArray(String[]::new));
    }

    private static void add(
            Map<String, Setting> settings, String section, String key, Object value, String where) {
        Setting setting = new Setting(section, key, value, where);
        String elsewhere = ELSEWHERE.get(setting.name());
        if (elsewhere != null) {
            throw CommandException.badInput(
                    "%s: %s is what the file says under %s"
                            .formatted(where, setting.name(), elsewhere));
        }
        if (settings.put(setting.name(), setting) != null) {
            throw CommandException.badInput(where + ": " + setting.name() + " stands twice");
        }
    }

    /** As {@code training.batch}. */
    String name() {
        return section + "." + key;
    }

    /** The same setting with another value. */
    Setting with(Object other) {
        return new Setting(section, key, other, where);
    }

    /** The setting alone, as a layer of a configuration. */
    Map<String, Map<String, Object>> layer() {
        return Map.of(section, Map.of(key, value));
    }
}
