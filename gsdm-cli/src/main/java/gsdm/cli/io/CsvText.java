package gsdm.cli.io;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;

import gsdm.cli.error.CommandException;
import gsdm.tensor.io.InputFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The text of a CSV file, and what separates its cells. */
final class CsvText {

    private static final long LARGEST = 1 << 30;
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*+\"");
    private static final Pattern TAB_BETWEEN = Pattern.compile("\\S *+\\t[ \\t]*+\\S");

    private CsvText() {}

    /**
     * Reads UTF-8, or UTF-16 that begins with its byte order mark.
     *
     * @throws IOException if it cannot be read
     * @throws CommandException (bad input) if it is too large, or not text
     */
    static String read(Path file) throws IOException {
        long size = Files.size(InputFile.require(file));
        if (size > LARGEST) {
            throw CommandException.badInput(
                    "%s: expected at most 1 GiB of text, found %d bytes; save it as .npy"
                            .formatted(file, size));
        }
        byte[] bytes = Files.readAllBytes(file);
        Charset charset = isUtf16(bytes) ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
        try {
            String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw CommandException.badInput(file + ": not a text file (UTF-8)", e);
        }
    }

    private static boolean isUtf16(byte... bytes) {
        int mark = bytes.length < 2 ? 0 : (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
        return mark == 0xfeff || mark == 0xfffe;
    }

    /** The lines; bad CSV is noticed as they are taken. */
    static CsvReader<CsvLine> lines(String text) {
        return CsvReader.builder()
                .fieldSeparator(separator(text))
                .skipEmptyLines(false)
                .allowUnclosedQuote(false)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE) // a blank line is no mismatch
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .build(new CsvLine.Handler(), text);
    }

    /** A semicolon or a comma, whichever the first line has; a tab where it has neither. */
    private static char separator(String text) {
        String first = text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
        String bare = QUOTED.matcher(first).replaceAll("");
        if (bare.contains(";")) {
            return ';';
        }
        return bare.contains(",") || !TAB_BETWEEN.matcher(text).find() ? ',' : '\t';
    }
}
