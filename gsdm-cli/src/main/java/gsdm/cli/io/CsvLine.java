package gsdm.cli.io;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of a CSV file.
 *
 * @param number of the line it starts at, from 1
 * @param cells without the spaces and tabs around them
 * @param blank whether there is nothing on it, not even quotes
 */
record CsvLine(long number, List<String> cells, boolean blank) {

    /** Takes lines from the parser. */
    static final class Handler extends AbstractBaseCsvCallbackHandler<CsvLine> {
        private List<String> cells = new ArrayList<>();
        private boolean blank;

        @Override
        protected void handleBegin(long line) {
            cells = new ArrayList<>(cells.size());
            blank = true;
        }

        @Override
        protected void handleField(int index, char[] text, int from, int count, boolean quoted) {
            int start = from;
            int end = from + count;
            while (start < end && isSpace(text[start])) {
                start++;
            }
            while (end > start && isSpace(text[end - 1])) {
                end--;
            }
            cells.add(new String(text, start, end - start));
            blank &= index == 0 && start == end && !quoted;
        }

        private static boolean isSpace(char c) {
            return c == ' ' || c == '\t';
        }

        @Override
        protected CsvLine buildRecord() {
            return new CsvLine(getStartingLineNumber(), cells, blank);
        }
    }
}
