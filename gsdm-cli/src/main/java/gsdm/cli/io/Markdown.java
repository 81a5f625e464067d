package gsdm.cli.io;

import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** Lines of Markdown, in which no text is taken for more than its words. */
public final class Markdown {

    private Markdown() {}

    /** The first two lines of a table. */
    public static String head(List<String> header) {
        return row(header) + row(Collections.nCopies(header.size(), "---"));
    }

    /** A line of a table. */
    public static String row(List<String> cells) {
        return cells.stream()
                .map(Markdown::escape)
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** A text that stays in its line, and in its cell. */
    public static String escape(String text) {
        return text.replace("|", "\\|").replaceAll("\\s+", " ");
    }
}
