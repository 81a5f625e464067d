package gsdm.cli.io;

import de.siegmar.fastcsv.reader.CsvParseException;

import gsdm.cli.error.CommandException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The numbers of a CSV file, line by line. An empty cell is a missing value; anything else that is
 * not a finite decimal number is bad input, with its line and column.
 *
 * @param columns cells in every line
 * @param rows one array a line, [columns]; NaN where the cell is empty
 */
record CsvMatrix(int columns, List<float[]> rows) {

    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(\\d++(\\.\\d*+)?|\\.\\d++)([eE][+-]?\\d++)?");

    /** Whether so many columns and lines suit an array. */
    @FunctionalInterface
    interface Size {
        /** Whether they do. */
        boolean fits(int columns, int lines);
    }

    /**
     * Reads a file.
     *
     * @param header whether its first line names the columns
     * @param size what the array can have
     * @param notes is told what was made of a first line that could be either
     * @throws IOException if it cannot be read
     * @throws CommandException (bad input) if a cell is not a number or the lines differ in length
     */
    static CsvMatrix read(Path file, CsvHeader header, Size size, Consumer<String> notes)
            throws IOException {
        try {
            return new Lines(file.toString()).addAll(CsvText.read(file)).end(header, size, notes);
        } catch (CsvParseException e) {
            throw CommandException.badInput(file + ": not a CSV file: " + e.getMessage(), e);
        }
    }

    /** The lines so far. Which the first one is, is known when the others have been counted. */
    private static final class Lines {
        private static final float[] UNOBSERVED = {Float.NaN};

        private final String origin;
        private final List<float[]> others = new ArrayList<>();
        private CsvLine first;
        private int blanksBelowFirst;

        Lines(String origin) {
            this.origin = origin;
        }

        /** In one column a blank line is an empty cell, unless it is at an end of the file. */
        Lines addAll(String text) {
            int blanks = 0;
            for (CsvLine line : CsvText.lines(text)) {
                if (line.blank()) {
                    blanks++;
                    continue;
                }
                if (first == null) {
                    first = line;
                } else {
                    if (hasOneColumn()) {
                        blanksBelowFirst = others.isEmpty() ? blanks : blanksBelowFirst;
                        others.addAll(Collections.nCopies(blanks, UNOBSERVED));
                    }
                    others.add(numbers(line, first.cells().size(), ""));
                }
                blanks = 0;
            }
            return this;
        }

        private boolean hasOneColumn() {
            return first.cells().size() == 1;
        }

        CsvMatrix end(CsvHeader header, Size size, Consumer<String> notes) {
            if (first == null) {
                throw CommandException.badInput(origin + ": expected lines of numbers, found none");
            }
            int columns = first.cells().size();
            List<float[]> below = others.subList(blanksBelowFirst, others.size());
            CsvHeader.Verdict verdict =
                    header.judge(
                            first.cells(),
                            size.fits(columns, below.size()),
                            size.fits(columns, others.size() + 1));
            if (verdict.doubtful()) {
                notes.accept(
                        "%s: the first line counts its columns and is taken for %s; with --header %s it is not"
                                .formatted(
                                        origin,
                                        verdict.header() ? "names" : "numbers",
                                        verdict.header() ? "no" : "yes"));
            }
            if (!verdict.header()) {
                others.addFirst(
                        numbers(first, columns, "; if the line names columns: --header yes"));
                return new CsvMatrix(columns, others);
            }
            if (below.isEmpty()) {
                throw CommandException.badInput(
                        origin + ": expected lines of numbers below the names, found none");
            }
            return new CsvMatrix(columns, below);
        }

        private float[] numbers(CsvLine line, int columns, String advice) {
            List<String> cells = line.cells();
            if (cells.size() != columns) {
                throw CommandException.badInput(
                        "%s:%d: expected %d columns as in the lines before, found %d"
                                .formatted(origin, line.number(), columns, cells.size()));
            }
            float[] numbers = new float[columns];
            for (int column = 0; column < columns; column++) {
                String cell = cells.get(column);
                float number = cell.isEmpty() ? Float.NaN : number(cell);
                if (Float.isInfinite(number)) {
                    throw CommandException.badInput(
                            "%s:%d: column %d: expected a finite number as -1.5e3, or nothing where unobserved, found \"%s\"%s"
                                    .formatted(origin, line.number(), column + 1, cell, advice));
                }
                numbers[column] = number;
            }
            return numbers;
        }

        /** The number that is written, infinite if none or too large. */
        private static float number(String cell) {
            return NUMBER.matcher(cell).matches()
                    ? Float.parseFloat(cell)
                    : Float.POSITIVE_INFINITY;
        }
    }
}
