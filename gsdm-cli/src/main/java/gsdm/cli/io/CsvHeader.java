package gsdm.cli.io;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Whether the first line of a CSV file names the columns. */
public enum CsvHeader {
    /** If it looks like it. */
    AUTO,
    /** It does. */
    YES,
    /** It does not. */
    NO;

    private static final int FEWEST_COUNTED = 3;
    private static final Pattern NAME = Pattern.compile("[\\p{L}_#].*", Pattern.DOTALL);

    /** Words that stand where a number is missing or infinite, and so name nothing. */
    private static final Set<String> NO_NAMES =
            Set.of("nan", "na", "n/a", "null", "none", "missing", "inf", "infinity", "?", "#n/a");

    /**
     * What is made of the first line.
     *
     * @param header whether it is passed over
     * @param doubtful whether it could be either, so that the choice should be said
     */
    record Verdict(boolean header, boolean doubtful) {}

    /**
     * Judges a first line. Names begin with a letter, _ or #, in every cell that is not empty.
     * Cells that count up from 0 or 1 are names where the number of lines shows it, or where they
     * count from 0, as pandas does, over three columns or more.
     *
     * @param fitsWithout whether the lines below it alone suit the array
     * @param fitsWith whether all lines do
     */
    Verdict judge(List<String> first, boolean fitsWithout, boolean fitsWith) {
        if (this != AUTO || isText(first)) {
            return new Verdict(this != NO, false);
        }
        if (!counts(first) || !fitsWithout) {
            return new Verdict(false, false);
        }
        boolean likely = first.getFirst().equals("0") && first.size() >= FEWEST_COUNTED;
        return new Verdict(!fitsWith || likely, fitsWith && first.size() > 1);
    }

    private static boolean isText(List<String> cells) {
        return !cells.stream().allMatch(String::isEmpty)
                && cells.stream().allMatch(cell -> cell.isEmpty() || isName(cell));
    }

    private static boolean isName(String cell) {
        return NAME.matcher(cell).matches() && !NO_NAMES.contains(cell.toLowerCase(Locale.ROOT));
    }

    private static boolean counts(List<String> cells) {
        int first = cells.getFirst().equals("0") ? 0 : 1;
        for (int i = 0; i < cells.size(); i++) {
            if (!cells.get(i).equals(Integer.toString(first + i))) {
                return false;
            }
        }
        return true;
    }
}
