package gsdm.cli.session;

import gsdm.cli.config.ConfigurationFile;
import gsdm.cli.error.CommandException;
import gsdm.graph.problem.Names;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Named starting points for the configuration of each problem. */
public final class Presets {

    /** What is taken if no preset is named: the defaults of every key. */
    public static final String DEFAULT = "default";

    private Presets() {}

    /** The presets of a problem by name; a problem without any of its own has the default. */
    public static Map<String, Map<String, Map<String, Object>>> of(String problem) {
        Map<String, Map<String, Map<String, Object>>> presets = new LinkedHashMap<>();
        presets.put(DEFAULT, Map.of());
        presets.putAll(read(problem));
        presets.putAll(read("any"));
        return presets;
    }

    /** The presets of a resource; none if there is no such resource. */
    private static Map<String, Map<String, Map<String, Object>>> read(String name) {
        String resource = "presets/" + name + ".yaml";
        Map<String, Map<String, Map<String, Object>>> presets = new LinkedHashMap<>();
        try (InputStream in = Presets.class.getResourceAsStream(resource)) {
            if (in != null) {
                String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                ConfigurationFile.parse(resource, yaml)
                        .forEach((preset, sections) ->
                                presets.put(preset, ConfigurationFile.sections(preset, sections)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return presets;
    }

    /**
     * A preset of a problem.
     *
     * @throws CommandException (bad input) naming the nearest if there is none
     */
    static Map<String, Map<String, Object>> of(String problem, String name) {
        Map<String, Map<String, Map<String, Object>>> presets = of(problem);
        Map<String, Map<String, Object>> preset = presets.get(name);
        if (preset == null) {
            throw CommandException.badInput(
                    "unknown preset %s of %s: did you mean %s? There are %s"
                            .formatted(
                                    name,
                                    problem,
                                    Names.nearest(name, presets.keySet()).orElseThrow(),
                                    String.join(", ", presets.keySet())));
        }
        return preset;
    }
}
