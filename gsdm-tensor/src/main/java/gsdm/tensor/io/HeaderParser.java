package gsdm.tensor.io;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads the JSON of a safetensors header, and no other: an object of tensors, each with a type, a
 * shape and two offsets, and an object of strings. The nesting is fixed, so nothing recurses, and
 * memory is bounded by the length of the header.
 */
final class HeaderParser {
    private final Path file;
    private final String text;
    private int position;

    HeaderParser(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    Header parse() throws SafetensorsException {
        Header header = new Header();
        boolean metadataSeen = false;
        expect('{');
        boolean more = !accept('}');
        while (more) {
            String name = string();
            expect(':');
            if (name.equals(Header.METADATA)) {
                if (metadataSeen) {
                    throw error("the name " + name + " occurs twice");
                }
                metadataSeen = true;
                metadata(header);
            } else if (header.tensors().putIfAbsent(name, tensor(name)) != null) {
                throw error("the name " + name + " occurs twice");
            }
            more = more('}');
        }
        skipSpace();
        if (position < text.length()) {
            throw error("expected the end of the header");
        }
        return header;
    }

    private void metadata(Header header) throws SafetensorsException {
        expect('{');
        boolean more = !accept('}');
        while (more) {
            String key = string();
            expect(':');
            if (header.metadata().putIfAbsent(key, string()) != null) {
                throw error("the metadata key " + key + " occurs twice");
            }
            more = more('}');
        }
    }

    private Header.Entry tensor(String name) throws SafetensorsException {
        ElementType type = null;
        long[] shape = null;
        long[] offsets = null;
        expect('{');
        do {
            String key = string();
            expect(':');
            switch (key) {
                case "dtype" -> {
                    once(type, key);
                    type = elementType();
                }
                case "shape" -> {
                    once(shape, key);
                    shape = integers();
                }
                case "data_offsets" -> {
                    once(offsets, key);
                    offsets = integers();
                }
                default -> throw error("expected dtype, shape or data_offsets, found " + key);
            }
        } while (more('}'));
        if (type == null || shape == null || offsets == null || offsets.length != 2) {
            throw error("tensor " + name + " needs a dtype, a shape and two data_offsets");
        }
        return new Header.Entry(name, type, shape, offsets[0], offsets[1]);
    }

    private void once(Object known, String key) throws SafetensorsException {
        if (known != null) {
            throw error("the key " + key + " occurs twice");
        }
    }

    private ElementType elementType() throws SafetensorsException {
        String name = string();
        for (ElementType type : ElementType.values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        throw error(
                "expected a dtype among %s, found %s"
                        .formatted(Arrays.toString(ElementType.values()), name));
    }

    private long[] integers() throws SafetensorsException {
        long[] values = new long[4];
        int count = 0;
        expect('[');
        boolean more = !accept(']');
        while (more) {
            if (count == values.length) {
                values = Arrays.copyOf(values, 2 * count);
            }
            values[count++] = integer();
            more = more(']');
        }
        return Arrays.copyOf(values, count);
    }

    private long integer() throws SafetensorsException {
        skipSpace();
        int start = position;
        long value = 0;
        while (position < text.length() && isDigit(text.charAt(position))) {
            int digit = text.charAt(position++) - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                throw error("an integer exceeds 63 bits");
            }
            value = 10 * value + digit;
        }
        boolean leadingZero = position > start + 1 && text.charAt(start) == '0';
        if (position == start || leadingZero) {
            throw error("expected a non-negative integer");
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private String string() throws SafetensorsException {
        expect('"');
        int start = position;
        StringBuilder unescaped = new StringBuilder();
        while (position < text.length()) {
            char c = text.charAt(position++);
            if (c == '"') {
                checkSurrogates(unescaped);
                return unescaped.toString();
            }
            if (c < ' ') {
                throw error("a string must not contain control characters");
            }
            unescaped.append(c == '\\' ? escape() : c);
        }
        position = start;
        throw error("a string does not end");
    }

    private char escape() throws SafetensorsException {
        char c = position < text.length() ? text.charAt(position++) : 0;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw error("unknown escape in a string");
        };
    }

    private char unicode() throws SafetensorsException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            char c = position < text.length() ? text.charAt(position++) : 0;
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw error("expected four hexadecimal digits");
            }
            value = 16 * value + digit;
        }
        return (char) value;
    }

    private void checkSurrogates(CharSequence string) throws SafetensorsException {
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < string.length()
                    && Character.isLowSurrogate(string.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw error("a string contains half of a surrogate pair");
            }
        }
    }

    /** After an element: true at a comma, false at the closing character. */
    private boolean more(char close) throws SafetensorsException {
        if (accept(',')) {
            return true;
        }
        expect(close);
        return false;
    }

    private boolean accept(char c) {
        skipSpace();
        if (position < text.length() && text.charAt(position) == c) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(char c) throws SafetensorsException {
        if (!accept(c)) {
            throw error("expected " + c);
        }
    }

    private void skipSpace() {
        while (position < text.length() && " \t\n\r".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private SafetensorsException error(String reason) {
        return new SafetensorsException(
                file, "bad safetensors header at character %d: %s".formatted(position, reason));
    }
}
