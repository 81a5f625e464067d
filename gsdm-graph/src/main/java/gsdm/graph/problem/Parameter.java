package gsdm.graph.problem;

import java.math.BigInteger;

/**
 * A setting of a problem.
 *
 * @param defaultValue as text
 * @param description one line, for listings
 */
public record Parameter(String name, Type type, String defaultValue, String description) {

    /** What text a parameter takes. */
    public sealed interface Type {
        /** A whole number. */
        record Whole(int least, int most) implements Type {}

        /** A finite number. */
        record Real(double least, double most) implements Type {}

        /** Any text. */
        record Text() implements Type {}

        /** A file or folder, or nothing; a relative one is taken from the current folder. */
        record FilePath() implements Type {}
    }

    public Parameter {
        check(name, type, defaultValue);
    }

    /** A whole number that is at least {@code least}. */
    public static Parameter whole(String name, int defaultValue, int least, String description) {
        return new Parameter(
                name,
                new Type.Whole(least, Integer.MAX_VALUE),
                Integer.toString(defaultValue),
                description);
    }

    /** A number between two bounds. */
    public static Parameter real(
            String name, double defaultValue, double least, double most, String description) {
        return new Parameter(
                name, new Type.Real(least, most), Double.toString(defaultValue), description);
    }

    /** Any text. */
    public static Parameter text(String name, String defaultValue, String description) {
        return new Parameter(name, new Type.Text(), defaultValue, description);
    }

    /** A file or folder; nothing if none is given. */
    public static Parameter path(String name, String description) {
        return new Parameter(name, new Type.FilePath(), "", description);
    }

    /** What may be written for this parameter, for people. */
    public String expects() {
        return switch (type) {
            case Type.Whole whole ->
                    whole.most == Integer.MAX_VALUE
                            ? "a whole number of at least " + whole.least
                            : "a whole number from %d to %d".formatted(whole.least, whole.most);
            case Type.Real real -> "a number from %s to %s".formatted(real.least, real.most);
            case Type.Text _ -> "text";
            case Type.FilePath _ -> "a path";
        };
    }

    void check(String value) {
        check(name, type, value);
    }

    private void check(String name, Type type, String value) {
        boolean right =
                switch (type) {
                    case Type.Whole whole -> {
                        try {
                            BigInteger number = new BigInteger(value.strip());
                            if (number.compareTo(BigInteger.valueOf(whole.most)) > 0) {
                                throw new ProblemException(
                                        "problem.%s: expected at most %d, found '%s'"
                                                .formatted(name, whole.most, value));
                            }
                            yield number.compareTo(BigInteger.valueOf(whole.least)) >= 0;
                        } catch (NumberFormatException _) {
                            yield false;
                        }
                    }
                    case Type.Real real -> {
                        try {
                            double number = Double.parseDouble(value.strip());
                            yield number >= real.least && number <= real.most;
                        } catch (NumberFormatException _) {
                            yield false;
                        }
                    }
                    case Type.Text _, Type.FilePath _ -> true;
                };
        if (!right) {
            throw new ProblemException(
                    "problem.%s: expected %s, found '%s'".formatted(name, expects(), value));
        }
    }
}
