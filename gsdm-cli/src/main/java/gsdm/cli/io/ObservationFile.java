package gsdm.cli.io;

import gsdm.cli.error.CommandException;
import gsdm.tensor.io.InputFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Observed values of one array, for one or more problems.
 *
 * @param count problems
 * @param values [count, size of the array]; NaN where not observed
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier; nobody compares two of them
public record ObservationFile(int count, float[] values) {

    /** Whether every entry is observed. */
    public boolean complete() {
        for (float value : values) {
            if (Float.isNaN(value)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Reads the observations of an array from a CSV or NPY file.
     *
     * <p>CSV: either one observation a line (as many columns as the array has entries), or lines as
     * long as its last axis, as many for each observation as the other axes have entries; an empty
     * cell is unobserved; an array with one axis may also be a column. NPY: the array's shape, or
     * that with an axis of observations before it.
     *
     * @param array the array's name, for errors
     * @param header whether the first line of a CSV file names the columns
     * @param notes is told what was made of a CSV file that can be read in two ways
     * @param shape the sizes of its axes
     * @throws IOException if the file cannot be read
     * @throws CommandException (bad input) if a value is not a finite number or the shape differs
     */
    public static ObservationFile read(
            Path file, String array, CsvHeader header, Consumer<String> notes, int... shape)
            throws IOException {
        String name = InputFile.require(file).toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".npy")) {
            return ofNpy(file, array, shape);
        }
        if (name.endsWith(".csv") || name.endsWith(".txt")) {
            return ofCsv(file, array, header, notes, shape);
        }
        throw CommandException.badInput(file + ": expected a file whose name ends in .csv or .npy");
    }

    private static ObservationFile ofNpy(Path file, String array, int... shape) throws IOException {
        NpyArray found = NpyFile.read(file);
        int extra = found.shape().length - shape.length;
        boolean one = Arrays.equals(found.shape(), shape);
        boolean many =
                extra == 1
                        && Arrays.equals(
                                Arrays.copyOfRange(found.shape(), 1, shape.length + 1), shape);
        int count = one ? 1 : many ? found.shape()[0] : 0;
        if (count == 0) {
            throw CommandException.badInput(
                    "%s: expected %s of shape %s or [observations, %s, found %s"
                            .formatted(
                                    file,
                                    array,
                                    Arrays.toString(shape),
                                    Arrays.toString(shape).substring(1),
                                    Arrays.toString(found.shape())));
        }
        for (int i = 0; i < found.values().length; i++) {
            if (!Float.isFinite(found.values()[i])) {
                throw CommandException.badInput(
                        "%s: expected finite numbers, found %s at entry %d; leave entries out with an empty cell of a CSV file"
                                .formatted(file, found.values()[i], i));
            }
        }
        return new ObservationFile(count, found.values());
    }

    private static ObservationFile ofCsv(
            Path file, String array, CsvHeader header, Consumer<String> notes, int... shape)
            throws IOException {
        CsvMatrix matrix =
                CsvMatrix.read(
                        file, header, (columns, lines) -> count(columns, lines, shape) > 0, notes);
        int columns = matrix.columns();
        int lines = matrix.rows().size();
        int count = count(columns, lines, shape);
        if (count == 0) {
            int size = Math.toIntExact(NpyArray.size(shape));
            int last = lastAxis(columns, shape);
            throw CommandException.badInput(
                    ("%s: expected %s as %d columns (an observation a line) or %d columns and a"
                                    + " multiple of %d lines, found %d columns and %d lines%s")
                            .formatted(
                                    file,
                                    array,
                                    size,
                                    last,
                                    size / last,
                                    columns,
                                    lines,
                                    columns == size + 1 || columns == last + 1
                                            ? "; leave out a column that numbers the lines"
                                            : ""));
        }
        float[] values = new float[lines * columns];
        for (int line = 0; line < lines; line++) {
            System.arraycopy(matrix.rows().get(line), 0, values, line * columns, columns);
        }
        return new ObservationFile(count, values);
    }

    /** The observations that lines hold; 0 if they do not suit the array. */
    private static int count(int columns, int lines, int... shape) {
        int size = Math.toIntExact(NpyArray.size(shape));
        if (columns == size) {
            return lines;
        }
        int linesEach = size / lastAxis(columns, shape);
        return columns == lastAxis(columns, shape) && lines % linesEach == 0
                ? lines / linesEach
                : 0;
    }

    /** An array of one axis may be a column, or a line. */
    private static int lastAxis(int columns, int... shape) {
        return shape.length == 0 || shape.length == 1 && columns == 1 ? 1 : shape[shape.length - 1];
    }
}
