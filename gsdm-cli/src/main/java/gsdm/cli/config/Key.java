package gsdm.cli.config;

import gsdm.cli.error.CommandException;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A key of a section.
 *
 * @param name its name, in kebab case
 * @param type what values it takes
 * @param defaultValue its value if nothing sets it, as {@link KeyType} says
 * @param choices the values allowed, in order; empty if all of the type are
 * @param doc one line on what it does
 */
public record Key(
        String name, KeyType type, Object defaultValue, List<String> choices, String doc) {

    /** Checks the default against the type and choices. */
    public Key {
        Objects.requireNonNull(doc);
        choices = List.copyOf(choices);
        if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("expected a kebab-case key, found \"" + name + "\"");
        }
        defaultValue = convert(name, type, choices, defaultValue);
    }

    /** A key that takes every value of its type. */
    public Key(String name, KeyType type, Object defaultValue, String doc) {
        this(name, type, defaultValue, List.of(), doc);
    }

    /**
     * The value that {@code raw} stands for.
     *
     * @param section the section's name, for the error
     * @throws CommandException (bad input) if it is not one of this key's values
     */
    Object parse(String section, Object raw) {
        return convert(section + "." + name, type, choices, raw);
    }

    private static Object convert(String name, KeyType type, List<String> choices, Object raw) {
        Object value = type.parse(raw).orElseThrow(() -> wrong(name, type.expected(raw), raw));
        if (!choices.isEmpty() && !choices.contains(value.toString())) {
            throw wrong(name, "one of " + String.join(", ", choices), raw);
        }
        return value;
    }

    private static CommandException wrong(String name, String expected, Object raw) {
        return CommandException.badInput(name + ": expected " + expected + ", found " + shown(raw));
    }

    /** A raw value as an error shows it; what holds others may be large, or even hold itself. */
    public static String shown(Object raw) {
        return switch (raw) {
            case Map<?, ?> _ -> "a section";
            case List<?> _ -> "a list";
            default -> "\"" + raw + "\"";
        };
    }
}
