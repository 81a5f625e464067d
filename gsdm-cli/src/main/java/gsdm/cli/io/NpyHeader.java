package gsdm.cli.io;

import java.nio.ByteOrder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of an NPY file: the literal of a Python dictionary with three keys in any order, as
 * NumPy writes it now and wrote it under Python 2.
 *
 * @param type of the elements
 * @param bytes their order
 * @param columnsFirst whether the first axis runs fastest
 * @param shape the sizes of the axes
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier; nobody compares two of them
record NpyHeader(NpyType type, ByteOrder bytes, boolean columnsFirst, int... shape) {

    private static final String TYPE =
            key("descr") + "u?(?<quote>['\"])(?<bytes>[<>|=]?)(?<type>[\\w?]+)\\k<quote>";
    private static final String ORDER = key("fortran_order") + "(?<order>True|False)";
    private static final String SHAPE = key("shape") + "\\((?<shape>[\\dL,\\s]*)\\)";
    private static final Pattern DICTIONARY =
            Pattern.compile(
                    "\\s*\\{(?:\\s*(?:%s|%s|%s)\\s*(?:,|(?=\\}))){3}\\s*\\}\\s*"
                            .formatted(TYPE, ORDER, SHAPE));
    private static final Pattern SIZE = Pattern.compile("\\s*(0|[1-9]\\d*)L?\\s*");

    private static String key(String name) {
        return "u?(?:'%1$s'|\"%1$s\")\\s*:\\s*".formatted(name);
    }

    /**
     * Parses a header.
     *
     * @throws IllegalArgumentException if it is not one of an array of numbers
     */
    static NpyHeader parse(String text) {
        Matcher found = DICTIONARY.matcher(text);
        if (!found.matches()
                || found.group("type") == null
                || found.group("order") == null
                || found.group("shape") == null) {
            throw new IllegalArgumentException(
                    "expected an array of numbers, found header " + text.strip());
        }
        return new NpyHeader(
                NpyType.named(found.group("type")),
                switch (found.group("bytes")) {
                    case "<" -> ByteOrder.LITTLE_ENDIAN;
                    case ">" -> ByteOrder.BIG_ENDIAN;
                    default -> ByteOrder.nativeOrder();
                },
                found.group("order").equals("True"),
                sizes(found.group("shape")));
    }

    /** The sizes of a tuple: with a comma behind each, which the last of several may lack. */
    private static int[] sizes(String tuple) {
        if (tuple.isBlank()) {
            return new int[0];
        }
        String[] parts = tuple.split(",", -1);
        int count = parts[parts.length - 1].isBlank() ? parts.length - 1 : parts.length;
        if (count == 0 || parts.length == 1) {
            throw new IllegalArgumentException(
                    "expected a shape as (3,) or (4, 6), found (" + tuple + ")");
        }
        int[] sizes = new int[count];
        for (int axis = 0; axis < count; axis++) {
            sizes[axis] = size(parts[axis]);
        }
        return sizes;
    }

    private static int size(String part) {
        Matcher found = SIZE.matcher(part);
        try {
            if (found.matches()) {
                return Integer.parseInt(found.group(1));
            }
        } catch (NumberFormatException e) {
            // as one that is no number
        }
        throw new IllegalArgumentException("expected an axis below 2^31, found " + part.strip());
    }
}
