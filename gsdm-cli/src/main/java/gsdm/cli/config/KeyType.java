package gsdm.cli.config;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What values a key takes. A value is a Long, Double, Boolean, String or list of Longs. */
public enum KeyType {
    /** A whole number, as {@code 64} or {@code 1e4}; a Long. */
    INTEGER("a whole number"),
    /** A number, as {@code 3e-4} or {@code .inf}, but not NaN; a Double. */
    NUMBER("a number"),
    /** {@code true} or {@code false}; a Boolean. */
    BOOLEAN("true or false"),
    /** Any text; a String. */
    TEXT("text"),
    /**
     * A file or folder, or nothing; a String. It is made absolute, so that it means the same
     * wherever it is read again; {@code ~} is the home folder.
     */
    PATH("a path"),
    /** Whole numbers, as {@code [1, 2]} or {@code 1,2}; a list of Longs. */
    INTEGERS("a list of whole numbers");

    private static final int LONG_DIGITS = 19;
    private static final BigDecimal LEAST_LONG = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal GREATEST_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

    private final String words;

    KeyType(String words) {
        this.words = words;
    }

    /** What is expected in the place of a value that is not of this type. */
    public String expected(Object raw) {
        boolean whole =
                decimal(raw).filter(value -> value.stripTrailingZeros().scale() <= 0).isPresent();
        return this == INTEGER && whole
                ? "%s from %d to %d".formatted(words, Long.MIN_VALUE, Long.MAX_VALUE)
                : words;
    }

    /**
     * The value that {@code raw} stands for.
     *
     * @param raw text from the command line or a file, a list or section of a file, or a value
     * @return the value, or empty if {@code raw} is not of this type
     */
    public Optional<Object> parse(Object raw) {
        if (raw instanceof Map || raw instanceof List && this != INTEGERS) {
            return Optional.empty();
        }
        return switch (this) {
            case INTEGER -> integer(raw).map(value -> value);
            case NUMBER -> real(raw).map(value -> value);
            case BOOLEAN -> bool(raw).map(value -> value);
            case TEXT -> Optional.of(raw.toString());
            case PATH -> path(raw.toString().strip()).map(value -> value);
            case INTEGERS -> integers(raw).map(value -> value);
        };
    }

    private static Optional<Double> real(Object raw) {
        return switch (raw.toString().strip()) {
            case "inf", ".inf", "+.inf", "Infinity" -> Optional.of(Double.POSITIVE_INFINITY);
            case "-inf", "-.inf", "-Infinity" -> Optional.of(Double.NEGATIVE_INFINITY);
            default -> decimal(raw).map(BigDecimal::doubleValue).filter(Double::isFinite);
        };
    }

    private static Optional<BigDecimal> decimal(Object raw) {
        if (!(raw instanceof Number || raw instanceof String)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BigDecimal(raw.toString().strip()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Long> integer(Object raw) {
        // the precision bounds what 1e999999999 would take to write out
        return decimal(raw)
                .filter(value -> value.precision() - value.scale() <= LONG_DIGITS)
                .filter(value -> value.stripTrailingZeros().scale() <= 0)
                .filter(value -> value.compareTo(LEAST_LONG) >= 0)
                .filter(value -> value.compareTo(GREATEST_LONG) <= 0)
                .map(BigDecimal::longValueExact);
    }

    private static Optional<Boolean> bool(Object raw) {
        return switch (raw.toString().strip().toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<String> path(String text) {
        String home = System.getProperty("user.home");
        String expanded =
                text.equals("~") || text.startsWith("~/") ? home + text.substring(1) : text;
        try {
            return Optional.of(text.isEmpty() ? "" : Path.of(expanded).toAbsolutePath().toString());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Optional<List<Long>> integers(Object raw) {
        List<?> items =
                raw instanceof List<?> list
                        ? list
                        : List.of(raw.toString().replaceAll("[\\[\\]\\s]", "").split(",", -1));
        List<Optional<Long>> parsed = items.stream().map(KeyType::integer).toList();
        return parsed.stream().allMatch(Optional::isPresent)
                ? Optional.of(parsed.stream().map(Optional::orElseThrow).toList())
                : Optional.empty();
    }
}
