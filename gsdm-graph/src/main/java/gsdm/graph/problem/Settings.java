package gsdm.graph.problem;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** A value for every parameter of a problem, checked. */
public final class Settings {
    private final SequencedMap<String, String> values = new LinkedHashMap<>();

    private Settings() {}

    /**
     * The given values, and defaults for the rest.
     *
     * @throws ProblemException if a name is unknown or a value is not what its parameter takes
     */
    public static Settings of(List<Parameter> parameters, Map<String, String> given) {
        Settings settings = new Settings();
        for (Parameter parameter : parameters) {
            String value = given.getOrDefault(parameter.name(), parameter.defaultValue());
            parameter.check(value);
            settings.values.put(parameter.name(), value);
        }
        for (String name : given.keySet()) {
            if (!settings.values.containsKey(name)) {
                throw new ProblemException(
                        "problem.%s is unknown: did you mean problem.%s? The parameters are %s"
                                .formatted(
                                        name,
                                        Names.nearest(name, settings.values.keySet()).orElse("?"),
                                        settings.values.keySet()));
            }
        }
        return settings;
    }

    public int whole(String name) {
        return Integer.parseInt(text(name).strip());
    }

    public double real(String name) {
        return Double.parseDouble(text(name).strip());
    }

    public String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "no parameter '%s' was declared, only %s".formatted(name, values.keySet()));
        }
        return value;
    }

    /** Every parameter with its value, in the order they were declared. */
    public SequencedMap<String, String> values() {
        return Collections.unmodifiableSequencedMap(values);
    }
}
