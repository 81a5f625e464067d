package gsdm.cli.io;

import gsdm.cli.error.CommandException;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of a CSV file, line by line. An empty cell is a missing value; anything else that is
 * not a finite number is bad input, with its line and column.
 *
 * @param columns cells in every line
 * @param rows one array a line, [columns]; NaN where the cell is empty
 */
record CsvMatrix(int columns, List<float[]> rows) {

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws CommandException (bad input) if a cell is not a number or the lines differ in length
     */
    static CsvMatrix read(Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (MalformedInputException e) {
            throw CommandException.badInput(file + ": not a text file (UTF-8)", e);
        }
        return parse(file.toString(), lines);
    }

    static CsvMatrix parse(String origin, List<String> lines) {
        boolean single = hasOneColumn(lines);
        int columns = 0;
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = i == 0 ? lines.get(i).replace("\uFEFF", "") : lines.get(i);
            // A blank line sets observations apart, unless lines have one cell: then it is empty.
            if (line.isBlank() && !single) {
                continue;
            }
            String[] cells = line.split(",", -1);
            columns = columns == 0 ? cells.length : columns;
            if (cells.length != columns) {
                throw CommandException.badInput(
                        "%s:%d: expected %d columns as in the lines before, found %d"
                                .formatted(origin, i + 1, columns, cells.length));
            }
            rows.add(numbers(origin, i + 1, cells));
        }
        if (rows.isEmpty()) {
            throw CommandException.badInput(origin + ": expected lines of numbers, found none");
        }
        return new CsvMatrix(columns, rows);
    }

    private static boolean hasOneColumn(List<String> lines) {
        return lines.stream()
                .map(line -> line.replace("\uFEFF", ""))
                .filter(line -> !line.isBlank())
                .findFirst()
                .map(line -> !line.contains(","))
                .orElse(false);
    }

    private static float[] numbers(String origin, int line, String... cells) {
        float[] numbers = new float[cells.length];
        for (int column = 0; column < cells.length; column++) {
            String cell = cells[column].strip();
            numbers[column] = cell.isEmpty() ? Float.NaN : number(origin, line, column + 1, cell);
        }
        return numbers;
    }

    private static float number(String origin, int line, int column, String cell) {
        float value;
        try {
            value = Float.parseFloat(cell);
        } catch (NumberFormatException e) {
            value = Float.NaN;
        }
        if (!Float.isFinite(value)) {
            throw CommandException.badInput(
                    "%s:%d: column %d: expected a finite number, or nothing where unobserved,"
                                    .formatted(origin, line, column)
                            + " found \""
                            + cell
                            + "\"");
        }
        return value;
    }
}
