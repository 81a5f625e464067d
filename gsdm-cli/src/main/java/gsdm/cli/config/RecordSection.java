package gsdm.cli.config;

import gsdm.cli.error.CommandException;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The section that stands for a library's configuration record: one key for each component, named
 * in kebab case, with the default from an instance. The record's constructor checks the values.
 *
 * @param <R> the record; its components are int, long, float, double, boolean, String, enums and
 *     int arrays or lists of Integer
 */
public final class RecordSection<R extends Record> {

    private final String name;
    private final R defaults;
    private final Section section;

    /**
     * Describes a record.
     *
     * @param name the section's name
     * @param defaults the record with every default
     * @param docs one line for each key
     */
    public RecordSection(String name, R defaults, KeyDocs docs) {
        this.name = name;
        this.defaults = defaults;
        List<Key> keys = new ArrayList<>();
        for (RecordComponent component : defaults.getClass().getRecordComponents()) {
            keys.add(key(component, docs));
        }
        this.section = new Section(name, keys);
    }

    /** The keys, their types, defaults and documentation. */
    public Section section() {
        return section;
    }

    /**
     * The record with the values of a configuration.
     *
     * @throws CommandException (bad input) with the constructor's message if it refuses them
     */
    public R bind(Configuration configuration) {
        Map<String, Object> values = configuration.section(name);
        RecordComponent[] components = defaults.getClass().getRecordComponents();
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String key = kebab(components[i].getName());
            arguments[i] = argument(key, components[i].getType(), values.get(key));
        }
        return construct(components, arguments);
    }

    private Key key(RecordComponent component, KeyDocs docs) {
        String key = kebab(component.getName());
        Object value = read(component);
        Class<?> type = component.getType();
        String doc = docs.line(name, key);
        if (value instanceof Enum<?> constant) {
            List<String> choices =
                    Arrays.stream(type.getEnumConstants()).map(c -> kebab((Enum<?>) c)).toList();
            return new Key(key, KeyType.TEXT, kebab(constant), choices, doc);
        }
        return new Key(key, keyType(type), value, doc);
    }

    private static KeyType keyType(Class<?> type) {
        return switch (type.getName()) {
            case "int", "long" -> KeyType.INTEGER;
            case "float", "double" -> KeyType.NUMBER;
            case "boolean" -> KeyType.BOOLEAN;
            case "java.lang.String" -> KeyType.TEXT;
            case "java.util.List" -> KeyType.INTEGERS;
            default -> throw new IllegalArgumentException("no key type for " + type);
        };
    }

    private Object argument(String key, Class<?> type, Object value) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .filter(c -> kebab((Enum<?>) c).equals(value))
                    .findFirst()
                    .orElseThrow();
        }
        return switch (type.getName()) {
            case "int" -> toInt(key, (Long) value);
            case "float" -> ((Double) value).floatValue();
            case "java.util.List" ->
                    ((List<?>) value).stream().map(v -> toInt(key, (Long) v)).toList();
            default -> value;
        };
    }

    private int toInt(String key, long value) {
        if (value != (int) value) {
            throw CommandException.badInput(
                    name
                            + "."
                            + key
                            + ": expected at most "
                            + Integer.MAX_VALUE
                            + ", found "
                            + value);
        }
        return (int) value;
    }

    private Object read(RecordComponent component) {
        try {
            component.getAccessor().trySetAccessible();
            Object value = component.getAccessor().invoke(defaults);
            // a float's shortest decimal, not the double nearest to it
            return value instanceof Float f ? Float.toString(f) : value;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }

    @SuppressWarnings("unchecked")
    private R construct(RecordComponent[] components, Object[] arguments) {
        try {
            Class<?>[] types =
                    Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new);
            Constructor<?> constructor = defaults.getClass().getDeclaredConstructor(types);
            constructor.trySetAccessible();
            return (R) constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw CommandException.badInput(
                        "section " + name + ": " + refused.getMessage(), refused);
            }
            throw new IllegalStateException("cannot build section " + name, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot build section " + name, e);
        }
    }

    private static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code checkpointEvery} as {@code checkpoint-every}. */
    static String kebab(String camel) {
        return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
