package gsdm.cli.error;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Makes text that quotes users and files fit for a terminal: one line, nothing in it that the
 * terminal would act on, and no longer than a screen.
 */
public final class TerminalText {

    private static final int LONGEST = 2000;
    private static final int HEAD = 1000;
    private static final int TAIL = 500;

    private static final Pattern BREAK = Pattern.compile("\\s*[\\r\\n]\\s*");

    /** Controls but the tab, and what is not seen or turns the direction of what follows. */
    private static final Pattern UNSEEN =
            Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}&&[^\t]]");

    private TerminalText() {}

    /**
     * One line: line breaks become spaces, control and invisible characters are written as codes,
     * and the middle of a very long text gives way to a count.
     */
    public static String line(String text) {
        String line = BREAK.matcher(shortened(text)).replaceAll(" ");
        return UNSEEN.matcher(line)
                .replaceAll(found -> "\\\\u%04x".formatted(found.group().codePointAt(0)));
    }

    private static String shortened(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        return String.format(
                Locale.ROOT,
                "%s ... (%,d characters) ... %s",
                text.substring(0, HEAD),
                text.length() - HEAD - TAIL,
                text.substring(text.length() - TAIL));
    }
}
